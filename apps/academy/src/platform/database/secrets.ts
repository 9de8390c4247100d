/** What only this installation knows: made once, kept in a file that only its owner may read, never in the repository or a log. */
import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { RUNTIME_ROLES, type RuntimeRole } from './roles.ts'

export type Secrets = {
  /** Signs session cookies. */
  sessionSecret: string
  /** Of the installation's own members of the runtime roles. */
  passwords: Record<RuntimeRole, string>
}

const random = () => randomBytes(32).toString('base64url')

const newSecrets = (): Secrets => ({
  sessionSecret: random(),
  passwords: Object.fromEntries(RUNTIME_ROLES.map((role) => [role, random()])) as Record<RuntimeRole, string>,
})

/** Reads the file, or makes it. Safe when several processes start at once: the first file stays, the others read it. */
export async function loadSecrets(file: string): Promise<Secrets> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  await mkdir(dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, `${JSON.stringify(newSecrets(), null, 2)}\n`, { mode: 0o600, flag: 'wx' })
  try {
    await link(draft, file) // unlike rename it never replaces, so nobody reads two different files
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(draft)
  }
  return JSON.parse(await readFile(file, 'utf8'))
}
