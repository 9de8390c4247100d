import { createServer } from 'node:net'
import { StartError } from './start-error.ts'

/** @param port 0: any. @returns the port, which was free a moment ago. */
export function tryPort(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, host, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port))
    })
  })
}

/** @throws StartError `port-in-use`, or `bad-setting` where this machine has no such address. */
export async function needPort(name: string, host: string, port: number): Promise<void> {
  await tryPort(host, port).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') {
      throw new StartError(
        'port-in-use',
        `Port ${port} on ${host} is taken.`,
        `stop what listens there, or choose another: ${name}=${port + 1} npm start`,
        error,
      )
    }
    throw new StartError(
      'bad-setting',
      `Nobody can listen on ${host}:${port}: ${error.message}.`,
      `set ${name} (and HOST) to what this machine and account may use.`,
      error,
    )
  })
}

/** The usual port, or any free one where it is taken. Ports in `not` were given to others. */
export async function usualPort(host: string, usual: number, not: readonly number[]): Promise<number> {
  if (!not.includes(usual) && (await tryPort(host, usual).catch(() => undefined))) return usual
  for (;;) {
    const port = await tryPort(host, 0)
    if (!not.includes(port)) return port
  }
}
