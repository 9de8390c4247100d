import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encryptionKey, loadEncryptionKey } from './encryption-key.ts'
import { createSecretBox } from './secret-box.ts'

const place = { tenant: 't', table: 'webhook_subscriptions', id: '1', column: 'secret' }

test('what was sealed opens at its place, and looks different each time', () => {
  const box = createSecretBox(randomBytes(32))
  const [one, two] = [box.seal('whsec_ação', place), box.seal('whsec_ação', place)]
  expect(one).not.toBe(two)
  expect(one).not.toContain('whsec')
  expect([one, two].map((sealed) => box.open(sealed, place))).toEqual(['whsec_ação', 'whsec_ação'])
})

test.each([['tenant'], ['table'], ['id'], ['column']])('it does not open at another %s', (part) => {
  const box = createSecretBox(randomBytes(32))
  expect(() => box.open(box.seal('s', place), { ...place, [part]: 'other' })).toThrow()
})

test('nor when a bit changed, nor with another key, nor when it never was one', () => {
  const box = createSecretBox(randomBytes(32))
  const sealed = box.seal('secret', place)
  const body = Buffer.from(sealed.split('.')[2] ?? '', 'base64url')
  body[14] = (body[14] ?? 0) ^ 1
  expect(() => box.open(sealed.replace(/[^.]+$/, body.toString('base64url')), place)).toThrow()
  expect(() => createSecretBox(randomBytes(32)).open(sealed, place)).toThrow('another key')
  expect(() => box.open('secret', place)).toThrow('another key')
  expect(() => box.open(`${sealed.split('.').slice(0, 2).join('.')}.AAAA`, place)).toThrow('no sealed secret')
  expect(() => createSecretBox(randomBytes(16))).toThrow('32 bytes')
})

test('what is derived from a name is the same each time, differs by name and key, and is long', () => {
  const box = createSecretBox(Buffer.alloc(32, 1))
  expect(box.derive('link 1')).toBe(box.derive('link 1'))
  const other = createSecretBox(Buffer.alloc(32, 2))
  expect(new Set([box.derive('link 1'), box.derive('link 2'), other.derive('link 1')]).size).toBe(3)
  expect(box.derive('link 1')).toMatch(/^[\w-]{43}$/)
})

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'encryption-key-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('the key is made once, by whoever comes first, and only its owner reads it', async () => {
  const file = join(folder, 'data/encryption-key')
  const keys = await Promise.all(Array.from({ length: 10 }, () => loadEncryptionKey(file)))
  expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1)
  expect(keys[0]?.length).toBe(32)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

test('a key of another size is refused without being repeated', async () => {
  const file = join(folder, 'short')
  await writeFile(file, 'c2hvcnQ=\n')
  await expect(loadEncryptionKey(file)).rejects.toThrow(/32 bytes in base64\. Fix:/)
  expect(() => encryptionKey('c2hvcnQ=', 'ENCRYPTION_KEY')).toThrow(/^ENCRYPTION_KEY is not 32 bytes/)
  expect(() => encryptionKey('c2hvcnQ=', 'ENCRYPTION_KEY')).not.toThrow(/c2hvcnQ/)
})
