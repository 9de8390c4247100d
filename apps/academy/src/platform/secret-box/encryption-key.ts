/** The key of the secret box: given by the environment, or made once and kept in a file that only its owner may read. */
import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

const KEY = /^[A-Za-z0-9+/]{43}=$/

/** @throws Error when the text is not 32 bytes in base64; it does not repeat the text. */
export function encryptionKey(text: string, where: string): Buffer {
  if (!KEY.test(text.trim())) {
    throw new Error(`${where} is not 32 bytes in base64. Fix: put the output of \`openssl rand -base64 32\` there.`)
  }
  return Buffer.from(text.trim(), 'base64')
}

/** Reads the file, or makes it. Safe when several processes start at once: the first file stays, the others read it. */
export async function loadEncryptionKey(file: string): Promise<Buffer> {
  const read = async () => encryptionKey(await readFile(file, 'utf8'), file)
  try {
    return await read()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  await mkdir(dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    await link(draft, file) // unlike rename it never replaces, so nobody reads two different files
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(draft)
  }
  return await read()
}
