import { randomUUID } from 'node:crypto'
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Attempt, Draft } from './message.ts'
import { DEFAULT_SIMULATOR } from './simulator.ts'
import { MailStore, type StoreOptions } from './store.ts'

let folder: string
let store: MailStore
const file = () => join(folder, 'mailbox.ndjson')

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailbox-store-'))
  store = await MailStore.open(folder)
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true, force: true })
})

async function reopen(options: StoreOptions = {}): Promise<MailStore> {
  await store.close()
  store = await MailStore.open(folder, options)
  return store
}

const draft = (more: Partial<Draft> = {}): Draft => ({
  via: 'http',
  key: randomUUID(),
  from: { email: 'no-reply@academy.example', name: 'Academy' },
  to: [{ email: 'joao@student.example', name: 'João Conceição' }],
  subject: 'Nova atividade',
  text: 'Modelagem de dados',
  html: '<p>Modelagem de dados</p>',
  tags: ['new-class-activity'],
  headers: [],
  attachments: [],
  source: '{}',
  ...more,
})

const attempt = (of: Draft, more: Partial<Attempt> = {}): Attempt => ({
  at: new Date().toISOString(),
  via: of.via,
  key: of.key,
  n: store.beginAttempt(of.key),
  to: of.to.map((address) => address.email),
  tags: of.tags,
  outcome: 'accepted',
  status: 201,
  ...more,
})

const accept = (of: Draft = draft()) => store.accept(of, attempt(of))

/** All that can be asked of a store. */
const everything = () => ({
  list: store.list({ limit: 250 }),
  messages: store.list({ limit: 250 }).items.map((item) => store.get(item.id)),
  keys: store.list({ limit: 250 }).items.map((item) => item.key && store.attemptsOf(item.key)),
  counts: store.counts(),
  tag: store.counts('new-class-activity'),
  recent: store.recentAttempts(200),
  simulator: store.simulator,
})

describe('MailStore', () => {
  test('starting again gives back all of it', async () => {
    const known = draft()
    const stored = await accept(known)
    await store.recordAttempt(attempt(known, { outcome: 'duplicate', status: 400, messageId: stored.messageId }))
    await store.recordAttempt(attempt(draft({ key: null }), { outcome: 'rejected', status: 503 }))
    await accept(
      draft({
        key: null,
        subject: 'line separator \u2028, next line \u0085, return \r, newline \n, emoji 😀, lone \ud800',
      }),
    )
    await store.setSimulator({ ...DEFAULT_SIMULATOR, failNext: 3 })
    await store.recordAttempt(attempt(draft(), { outcome: 'rejected', failNext: true }))
    const before = everything()
    expect(before.counts).toEqual({
      messages: 2,
      keys: 2,
      attempts: { total: 5, accepted: 2, duplicate: 1, dropped: 0, rejected: 2 },
      kept: 2,
    })
    expect(before.simulator.failNext).toBe(2)
    await reopen()
    expect(everything()).toEqual(before)
    expect(store.knownMessageId(known.key)).toBe(stored.messageId)
    expect(store.beginAttempt(known.key)).toBe(3)
  })

  test('an unfinished last line is cut off, and what follows it is safe', async () => {
    await accept()
    const whole = (await stat(file())).size
    await appendFile(file(), '{"type":"message","message":{"id":"2","subj')
    await reopen()
    expect(store.counts().messages).toBe(1)
    expect((await stat(file())).size).toBe(whole)
    const { id } = await accept()
    expect(id).toBe('2')
    await reopen()
    expect(store.list({ limit: 10 }).items.map((item) => item.id)).toEqual(['2', '1'])
  })

  test('a damaged line in the middle is an error that names the file, not a silent loss', async () => {
    await accept()
    await writeFile(file(), `${await readFile(file(), 'utf8')}garbage\n{"type":"clear"}\n`)
    await expect(MailStore.open(folder)).rejects.toThrow(/\[mailbox-file-damaged\] .*mailbox\.ndjson.* Fix: /)
  })

  test('what it refuses at first it refuses until somebody says how it behaves, also after a start', async () => {
    const rejectAddresses = ['igor@student.example']
    await reopen({ rejectAddresses })
    expect(store.simulator).toEqual({ ...DEFAULT_SIMULATOR, rejectAddresses })
    await store.setSimulator(DEFAULT_SIMULATOR)
    await reopen({ rejectAddresses })
    expect(store.simulator).toEqual(DEFAULT_SIMULATOR)
  })

  test('ids are never given again, not even after the mailbox was emptied', async () => {
    await accept()
    await store.clear()
    expect((await accept()).id).toBe('2')
    await store.clear()
    await reopen()
    expect(store.counts()).toMatchObject({ messages: 0, keys: 0, kept: 0 })
    expect((await accept()).id).toBe('3')
  })

  test('the newest stay, totals and keys go on', async () => {
    await reopen({ keepMax: 10 })
    const first = draft()
    await accept(first)
    for (let n = 0; n < 29; n++) await accept()
    expect(store.counts()).toMatchObject({ messages: 30, keys: 30, kept: 10 })
    expect(store.list({ limit: 250 }).items.map((item) => item.id)).toEqual(
      Array.from({ length: 10 }, (_, n) => String(30 - n)),
    )
    expect(store.get('1')).toBeUndefined()
    expect(store.knownMessageId(first.key)).not.toBeNull()
  })

  test('bytes are bounded too', async () => {
    await reopen({ bytesMax: 100_000 })
    for (let n = 0; n < 20; n++) await accept(draft({ html: 'x'.repeat(10_000) }))
    expect(store.counts().kept).toBeLessThan(6)
    expect(store.counts().kept).toBeGreaterThan(2)
  })

  test('the file stays small, and rewriting it loses nothing, however many write at once', async () => {
    const options = { keepMax: 20, compactSlackBytes: 10_000 }
    await reopen(options)
    let largest = 0
    const keys: string[] = []
    for (let round = 0; round < 20; round++) {
      const drafts = Array.from({ length: 20 }, () => draft({ html: 'x'.repeat(1_000) }))
      await Promise.all(drafts.map((each) => accept(each)))
      keys.push(...drafts.map((each) => each.key ?? ''))
      largest = Math.max(largest, (await stat(file())).size)
    }
    const written = 400 * 1_700
    expect(largest).toBeLessThan(written * 0.8)
    const before = everything()
    expect(before.counts).toMatchObject({ messages: 400, keys: 400, kept: 20, attempts: { total: 400, accepted: 400 } })
    await reopen(options)
    expect(everything()).toEqual(before)
    for (const key of keys) expect(store.knownMessageId(key)).not.toBeNull()
    expect((await accept()).id).toBe('401')
  })

  test('pages by key: newest first, nothing twice, nothing missing, though more arrives meanwhile', async () => {
    for (let n = 0; n < 25; n++) await accept()
    const seen: string[] = []
    let after: string | undefined
    do {
      const page = store.list({ limit: 7, after })
      seen.push(...page.items.map((item) => item.id))
      after = page.next ?? undefined
      await accept()
    } while (after)
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => String(25 - n)))
  })

  test('searches without case and accents, by every word; filters by address, tag and key', async () => {
    const one = draft()
    await accept(one)
    await accept(draft({ to: [{ email: 'ana@student.example', name: 'Ana' }], tags: ['grades'], subject: 'Notas' }))
    const ids = (query: Parameters<MailStore['list']>[0]) => store.list(query).items.map((item) => item.id)
    expect(ids({ q: 'JOAO conceicao', limit: 10 })).toEqual(['1'])
    expect(ids({ q: 'modelagem', limit: 10 })).toEqual(['2', '1'])
    expect(ids({ q: 'modelagem notas', limit: 10 })).toEqual(['2'])
    expect(ids({ q: 'nothing', limit: 10 })).toEqual([])
    expect(ids({ to: 'Ana@student.example', limit: 10 })).toEqual(['2'])
    expect(ids({ tag: 'grades', limit: 10 })).toEqual(['2'])
    expect(ids({ key: one.key ?? '', limit: 10 })).toEqual(['1'])
  })

  test('a file that cannot be written is told, and nobody is told yes', async () => {
    const broken = Promise.withResolvers<unknown>()
    await reopen({ onBroken: broken.resolve })
    await accept()
    // Closing the file under the store is the nearest thing to a disk that is gone.
    await store.close()
    let answered = false
    accept().then(() => {
      answered = true
    })
    expect(await broken.promise).toBeInstanceOf(Error)
    expect(answered).toBe(false)
    store = await MailStore.open(folder)
    expect(store.counts().messages).toBe(1)
  })
})
