import { existsSync } from 'node:fs'
import type { ServerAccount } from './server-account.ts'

const SETPRIV = '/usr/bin/setpriv'

interface TiedOptions {
  account: ServerAccount | undefined
  atOurDeath: 'INT' | 'KILL'
  environment?: Readonly<Record<string, string>>
}

/**
 * How to spawn a program of PostgreSQL's under `account`, so that it does not outlive us: on Linux the kernel sends it
 * `atOurDeath` when the thread that spawns it dies, even by SIGKILL.
 */
export function tiedToUs(program: string, args: string[], { account, atOurDeath, environment }: TiedOptions) {
  // It sees nothing of our environment but the path: no PGDATA, no PGOPTIONS, no locale, no zone. And it holds no folder.
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC', ...environment }
  const options = { env, cwd: '/' }
  if (!existsSync(SETPRIV)) return { program, args, options: { ...options, ...account } }
  const drop = account ? [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'] : []
  return { program: SETPRIV, args: [`--pdeathsig=${atOurDeath}`, ...drop, program, ...args], options }
}
