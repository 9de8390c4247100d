import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { folderClosedTo } from './closed-folder.ts'
import { standInFor } from './open-folder.ts'

const nobody = { uid: 65534, gid: 65534 }
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'closed-folder-')) // mode 0700
})
afterEach(() => rm(folder, { recursive: true }))

test('names the innermost folder that the account cannot enter', async () => {
  await mkdir(join(folder, 'open/deep'), { recursive: true })
  expect(await folderClosedTo(nobody, join(folder, 'open/deep'))).toBe(folder)
})

test('folders that do not exist yet are passed over', async () => {
  expect(await folderClosedTo(nobody, join(folder, 'not/yet'))).toBe(folder)
})

test('an open way has no closed folder', async () => {
  await chmod(folder, 0o755)
  expect(await folderClosedTo(nobody, folder)).toBeUndefined()
})

test('its owner may enter a folder that is closed to others', async () => {
  const me = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  if (me.uid === 0) await chown(folder, nobody.uid, nobody.gid)
  expect(await folderClosedTo(me.uid === 0 ? nobody : me, folder)).toBeUndefined()
})

test('the stand-in for a closed folder is keyed by its path', () => {
  expect(standInFor('/root/a/data')).toBe(standInFor('/root/a/data'))
  expect(standInFor('/root/a/data')).not.toBe(standInFor('/root/b/data'))
})
