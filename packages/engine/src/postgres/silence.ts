import type pg from 'pg'
import { cutOff, oldestQuery } from './connection.ts'
import { OWN_TYPES } from './own-types.ts'

const TICK_MS = 1_000
/** Ticks without an answer after which the server is asked whether it is still at the query, and again after so many. */
const ASK_TICKS = 5
/** An answer may be on its way while the server is asked; so the server must say it twice, a tick apart. */
const DOUBTS = 2
/** For what a connection is asked before it is handed out, and for the question itself. */
const SOON_TICKS = 10

interface Seen {
  query: unknown
  ticks: number
  askAt: number
  doubts: number
  /** The server's own process: no pooler stands between. */
  pid: number | undefined
  ready: boolean
}

/**
 * Ends connections that will never answer. A network that drops packets in silence (a host that vanished, a failover, a
 * firewall that forgot a connection) leaves both ends in the belief that the other one is there, for a quarter of an hour.
 *
 * One timer looks at the oldest unanswered query of each client, so that a statement costs nothing. When one has waited,
 * the server is asked on a fresh connection whether that session is still at work. If it is not, the connection is
 * half-open. A statement that is long is left alone that way, and a server that nobody reaches is waited for.
 */
export class Silence {
  readonly #clients = new Map<pg.ClientBase, Seen>()
  readonly #limitTicks: number
  readonly #onHalfOpen: () => void
  readonly #Probe: new () => pg.Client
  #timer: NodeJS.Timeout | undefined
  #asking = false

  /**
   * @param limitMs after which a query is given up, whatever the server says of it.
   * @param Probe makes a client for the question.
   * @param onHalfOpen a connection was: those that are as old may be too.
   */
  constructor(limitMs: number, Probe: new () => pg.Client, onHalfOpen: () => void) {
    this.#limitTicks = Math.ceil(limitMs / TICK_MS)
    this.#Probe = Probe
    this.#onHalfOpen = onHalfOpen
  }

  /** Watches a client until it ends. */
  add(client: pg.ClientBase): void {
    this.#clients.set(client, { query: undefined, ticks: 0, askAt: ASK_TICKS, doubts: 0, pid: undefined, ready: false })
    client.once('end', () => {
      this.#clients.delete(client)
      if (this.#clients.size > 0) return
      clearInterval(this.#timer)
      this.#timer = undefined
    })
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS).unref()
  }

  /** @param pid of the server's process, when the client speaks to the server itself. */
  ready(client: pg.ClientBase, pid: number | undefined): void {
    const seen = this.#clients.get(client)
    if (seen) Object.assign(seen, { pid, ready: true })
  }

  /** Ends all of them: nothing is waited for. */
  cutOff(why: string): void {
    for (const client of this.#clients.keys()) cutOff(client, why)
  }

  /** Ticks are counted, not time: while this process is busy or stopped nothing is anybody's fault. */
  #tick(): void {
    const silent: [pg.ClientBase, Seen][] = []
    for (const [client, seen] of this.#clients) {
      const query = oldestQuery(client)
      if (query === undefined || query === null || query !== seen.query) {
        Object.assign(seen, { query, ticks: 0, askAt: ASK_TICKS, doubts: 0 })
        continue
      }
      seen.ticks++
      if (seen.ticks >= (seen.ready ? this.#limitTicks : SOON_TICKS)) {
        cutOff(client, `no answer for ${(seen.ticks * TICK_MS) / 1_000} s`)
      } else if (seen.ticks >= seen.askAt && seen.pid !== undefined) silent.push([client, seen])
    }
    if (silent.length > 0 && !this.#asking) void this.#ask(silent)
  }

  async #ask(silent: readonly [pg.ClientBase, Seen][]): Promise<void> {
    this.#asking = true
    const asked = silent.map(([client, seen]) => ({ client, seen, query: seen.query, pid: seen.pid as number }))
    const probe = new this.#Probe()
    probe.on('error', () => {}) // a loss shows in the query
    const late = setTimeout(() => cutOff(probe, 'no answer'), (SOON_TICKS * TICK_MS) / 2)
    try {
      await probe.connect()
      const atWork = await atStatement(
        probe,
        asked.map(({ pid }) => pid),
      )
      const halfOpen: number[] = []
      for (const { client, seen, query, pid } of asked) {
        if (oldestQuery(client) !== query) continue
        seen.doubts = atWork.has(pid) ? 0 : seen.doubts + 1
        seen.askAt = seen.ticks + (seen.doubts > 0 ? 1 : ASK_TICKS)
        if (seen.doubts < DOUBTS) continue
        cutOff(client, 'the server is not at the query that waits for an answer, and none comes')
        halfOpen.push(pid)
      }
      if (halfOpen.length === 0) return
      this.#onHalfOpen()
      // The server believes that we are there, and would keep what that session has locked for as long as it does.
      await probe.query(END, [halfOpen])
    } catch {
      // Nobody reaches the server now: the network may be back before it is known what became of the query.
      for (const { seen } of asked) seen.askAt = seen.ticks + ASK_TICKS
    } finally {
      clearTimeout(late)
      void probe.end().catch(() => {})
      this.#asking = false
    }
  }
}

const END = `select pg_terminate_backend(pid) from pg_stat_activity where pid = any($1) and state like 'idle%'`

/** Those of the server's processes that are at a statement. */
async function atStatement(probe: pg.Client, pids: readonly number[]): Promise<Set<number>> {
  const { rows } = await probe.query<{ pid: number }>({
    // A session of another role shows no state to this one, and none is shown where statistics are off.
    text: `select pid from pg_stat_activity where pid = any($1) and (state is null or state not like 'idle%')`,
    values: [pids],
    types: OWN_TYPES,
  })
  return new Set(rows.map(({ pid }) => pid))
}
