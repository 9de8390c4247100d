import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ServerAccount } from './server-account.ts'

/**
 * The innermost folder at or above `path` that `account` cannot enter: /root, say, or a temporary folder with mode 0700.
 * `undefined` when the way is open. Folders that do not exist yet are passed over.
 */
export async function folderClosedTo(account: ServerAccount, path: string): Promise<string | undefined> {
  for (let folder = path; ; folder = dirname(folder)) {
    const found = await stat(folder).catch(() => undefined)
    if (found) {
      const mayEnter = found.uid === account.uid ? 0o100 : found.gid === account.gid ? 0o010 : 0o001
      if ((found.mode & mayEnter) === 0) return folder
    }
    if (folder === dirname(folder)) return undefined
  }
}
