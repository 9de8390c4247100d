import { existsSync } from 'node:fs'
import type { ServerAccount } from './server-account.ts'

const SETPRIV = '/usr/bin/setpriv'

/**
 * How to spawn a program of PostgreSQL's under `account`, so that it does not outlive us: on Linux the kernel sends it
 * `atOurDeath` when the thread that spawns it dies, even by SIGKILL.
 */
export function tiedToUs(
  program: string,
  args: string[],
  { account, atOurDeath }: { account: ServerAccount | undefined; atOurDeath: 'INT' | 'KILL' },
) {
  // It sees nothing of our environment but the path: no PGDATA, no PGOPTIONS, no locale, no zone. And it holds no folder.
  const options = { env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' }, cwd: '/' }
  if (!existsSync(SETPRIV)) return { program, args, options: { ...options, ...account } }
  const drop = account ? [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'] : []
  return { program: SETPRIV, args: [`--pdeathsig=${atOurDeath}`, ...drop, program, ...args], options }
}
