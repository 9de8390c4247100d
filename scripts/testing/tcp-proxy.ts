import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** The fate of a COMMIT on its way: */
export type CommitFate =
  | 'pass'
  /** it reaches the server, its answer reaches nobody; */
  | 'lose-answer'
  /** the connection ends before it. */
  | 'lose-commit'

export interface TcpProxy {
  readonly url: string
  /** Asked at each COMMIT. */
  fate: () => CommitFate
  /** Bytes no longer travel, and nobody is told: a half-open connection. */
  freeze(): void
  /** The same for the connections that there are; those made from now on work. */
  freezeOpen(): void
  /** As `freeze`, from the moment at which a statement with these words comes; it reaches nobody. */
  freezeAt(words: string): void
  /** Bytes travel again, on connections that are made from now on. */
  thaw(): void
  /** Ends all connections and refuses new ones, until `back`: as where the server has stopped. */
  away(): Promise<void>
  back(): Promise<void>
  close(): Promise<void>
}

const COMMIT = Buffer.from('commit\0')

/** A proxy before a PostgreSQL that can lose things at the worst moment. */
export async function startTcpProxy(target: string, port = 0): Promise<TcpProxy> {
  const to = new URL(target)
  const sockets = new Set<Socket>()
  const proxy = { fate: (): CommitFate => 'pass' }
  let frozen = false
  let generation = 0
  let freezing: string | undefined
  const server = createServer((client) => {
    const upstream = connect(Number(to.port), to.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
    }
    let deaf = false
    const born = generation
    const isFrozen = () => frozen || born < generation
    client.on('data', (chunk: Buffer) => {
      if (freezing !== undefined && chunk.includes(freezing)) frozen = true
      if (isFrozen()) return
      const fate = chunk.includes(COMMIT) ? proxy.fate() : 'pass'
      if (fate === 'lose-commit') {
        client.destroy()
        upstream.destroy()
        return
      }
      upstream.write(chunk)
      if (fate === 'lose-answer') {
        deaf = true
        // The server's answer is the sign that it has the COMMIT; then the client learns that its connection is gone.
        upstream.once('data', () => {
          client.destroy()
          upstream.end()
        })
      }
    })
    upstream.on('data', (chunk) => {
      if (!isFrozen() && !deaf) client.write(chunk)
    })
    client.on('close', () => {
      if (!isFrozen()) upstream.end()
    })
    upstream.on('close', () => {
      if (!isFrozen()) client.destroy()
    })
  })
  const open = async (at: number) => {
    server.listen(at, '127.0.0.1')
    await once(server, 'listening')
  }
  const end = async () => {
    const ended = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await ended
  }
  await open(port)
  const address = server.address()
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String(typeof address === 'object' ? address?.port : 0)
  return {
    url: url.href,
    get fate() {
      return proxy.fate
    },
    set fate(fate) {
      proxy.fate = fate
    },
    freeze() {
      frozen = true
    },
    freezeOpen() {
      generation++
    },
    freezeAt(words) {
      freezing = words
    },
    thaw() {
      frozen = false
      freezing = undefined
      generation++
    },
    away: end,
    back: () => open(Number(url.port)),
    async close() {
      if (server.listening) await end()
    },
  }
}
