/** Under which account the server runs: PostgreSQL refuses root, and then we choose another. */
import { readFile, stat } from 'node:fs/promises'
import { DevPostgresError } from './dev-postgres-error.ts'

export interface ServerAccount {
  uid: number
  gid: number
}

/**
 * The account to drop to, or `undefined` when we are not root and run the server as ourselves.
 * Data that exists already decides (its owner must run it); else `postgres`, else `nobody`.
 */
export async function serverAccount(dataDir: string): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const accounts = parseAccounts(await readFile('/etc/passwd', 'utf8'))
  const owner = (await stat(dataDir).catch(() => undefined))?.uid
  const chosen =
    (owner ? accounts.find((a) => a.uid === owner) : undefined) ??
    accounts.find((a) => a.name === 'postgres') ??
    accounts.find((a) => a.name === 'nobody')
  if (chosen) return { uid: chosen.uid, gid: chosen.gid }
  throw new DevPostgresError(
    'no-unprivileged-account',
    'We are root, and there is no account to run PostgreSQL under.',
    {
      fix: 'add one, for example with `useradd --system postgres`, or run this as another user than root.',
    },
  )
}

function parseAccounts(passwd: string) {
  return passwd.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':')
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : []
  })
}
