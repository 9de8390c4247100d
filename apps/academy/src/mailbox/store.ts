/**
 * The mailbox's memory, and the file that it survives in.
 *
 * One append-only NDJSON file holds everything: messages, attempts, the simulator's settings. State in memory is only ever
 * the result of applying records in order, so starting again is reading the file. A record is written (the `write` call has
 * returned, so a SIGKILL of this process cannot lose it) before its sender is answered. It is not forced to the disk: this is a
 * development mailbox, and losing power is not what it is for.
 *
 * A kill in the middle of a write leaves an unfinished last line: nobody was told of it, and it is cut off at the next start.
 * If a write fails (disk full), memory and file would disagree from then on; `onBroken` lets the process end, and the next one reads the truth.
 *
 * Bounded: the newest `keepMax` messages or `bytesMax` bytes of them stay, and the newest keys; totals go on counting. When
 * the file is mostly history, it is rewritten beside itself and renamed into place.
 */
import { EventEmitter } from 'node:events'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { folded, searchWords } from '../platform/search.ts'
import { type Attempt, type Counts, type Draft, type MessageSummary, noCounts, type StoredMessage } from './message.ts'
import { type SimulatorSettings, simulatorSchema } from './simulator.ts'

export interface StoreOptions {
  keepMax?: number
  bytesMax?: number
  keysMax?: number
  /** The file is rewritten when it is larger than twice what is alive plus this. */
  compactSlackBytes?: number
  onBroken?: (error: unknown) => void
  /** Addresses that the simulator refuses for good, until somebody tells it how to behave. */
  rejectAddresses?: string[]
}

type LogRecord =
  | { type: 'message'; message: StoredMessage; attempt?: Attempt }
  | { type: 'attempt'; attempt: Attempt }
  | { type: 'simulator'; settings: SimulatorSettings }
  | { type: 'clear' }
  | { type: 'totals'; lastId: number; all: Counts; tags: [string, Counts][]; recent: Attempt[] }
  | { type: 'key'; key: string; state: KeyState }

interface KeyState {
  counts: Counts['attempts']
  /** Attempts begun, also those that have not ended yet; the simulator's attempt number. */
  begun: number
  /** Of the stored message; it stays when the message itself has been dropped for age, so that the key stays known. */
  id: string | null
  messageId: string | null
  /** The newest ones. */
  attempts: Attempt[]
}

interface Kept {
  message: StoredMessage
  bytes: number
  /** What a search looks in, without case and accents. */
  haystack: string
}

export interface StoreEvents {
  message: [StoredMessage]
  attempt: [Attempt]
  simulator: [SimulatorSettings]
  cleared: []
}

export interface ListQuery {
  to?: string | undefined
  q?: string | undefined
  tag?: string | undefined
  key?: string | undefined
  /** Only messages older than this id. */
  after?: string | undefined
  limit: number
}

const ATTEMPTS_PER_KEY = 20
const ATTEMPTS_RECENT = 200
const TAGS_MAX = 1_000

export class MailStore extends EventEmitter<StoreEvents> {
  simulator: SimulatorSettings

  readonly #file: string
  readonly #options: Required<StoreOptions>
  #handle!: FileHandle // opened by `open()`, before anyone can hold a store
  #fileBytes = 0

  /** Oldest first; ids only grow. */
  readonly #kept = new Map<string, Kept>()
  #keptBytes = 0
  readonly #keys = new Map<string, KeyState>()
  #all = noCounts()
  #tags = new Map<string, Counts>()
  #recent: Attempt[] = []
  #lastId = 0
  #keylessBegun = 0

  #queue: { line: string; done: () => void }[] = []
  #writing: Promise<void> | undefined

  static async open(folder: string, options: StoreOptions = {}): Promise<MailStore> {
    await mkdir(folder, { recursive: true })
    const store = new MailStore(join(folder, 'mailbox.ndjson'), options)
    try {
      await store.#replay()
    } catch (error) {
      await store.#handle?.close()
      throw error
    }
    return store
  }

  private constructor(file: string, options: StoreOptions) {
    super()
    this.setMaxListeners(0)
    this.#file = file
    this.#options = {
      keepMax: 10_000,
      bytesMax: 256 * 1024 * 1024,
      keysMax: 200_000,
      compactSlackBytes: 16 * 1024 * 1024,
      onBroken: () => {},
      rejectAddresses: [],
      ...options,
    }
    this.simulator = simulatorSchema.parse({ rejectAddresses: this.#options.rejectAddresses })
  }

  /** The number of this attempt for its key. Messages without a key share one count. */
  beginAttempt(key: string | null): number {
    if (key === null) return ++this.#keylessBegun
    return ++this.#stateOf(key).begun
  }

  /** Who has this key already: decided and recorded in one step, so that two at the same time cannot both store. */
  knownMessageId(key: string | null): string | null {
    return key === null ? null : (this.#keys.get(key)?.messageId ?? null)
  }

  /** Stores the message and the attempt that brought it, in one record. Resolves when both are written. */
  async accept(draft: Draft, attempt: Omit<Attempt, 'messageId'>): Promise<StoredMessage> {
    const id = String(this.#lastId + 1)
    const message: StoredMessage = {
      ...draft,
      id,
      at: attempt.at,
      messageId: `<${draft.key ?? `mailbox-${id}-${Date.now()}`}@mailbox.localhost>`,
    }
    await this.#record({ type: 'message', message, attempt: { ...attempt, messageId: message.messageId } })
    return message
  }

  async recordAttempt(attempt: Attempt): Promise<void> {
    await this.#record({ type: 'attempt', attempt })
  }

  async setSimulator(settings: SimulatorSettings): Promise<void> {
    await this.#record({ type: 'simulator', settings })
  }

  /** Messages, keys and counts go; ids and the simulator stay. */
  async clear(): Promise<void> {
    await this.#record({ type: 'clear' })
  }

  get(id: string): StoredMessage | undefined {
    return this.#kept.get(id)?.message
  }

  attemptsOf(
    key: string,
  ): { key: string; id: string | null; counts: Counts['attempts']; attempts: Attempt[] } | undefined {
    const state = this.#keys.get(key)
    return state && { key, id: state.id, counts: state.counts, attempts: state.attempts }
  }

  /** Newest first. */
  recentAttempts(limit: number): Attempt[] {
    return this.#recent.slice(-limit).reverse()
  }

  counts(tag?: string): Counts & { kept: number } {
    const counts = tag === undefined ? this.#all : (this.#tags.get(tag) ?? noCounts())
    return { ...counts, kept: this.#kept.size }
  }

  list(query: ListQuery): { items: MessageSummary[]; next: string | null } {
    const words = searchWords(query.q ?? '')
    const to = query.to?.toLowerCase()
    const before = query.after === undefined ? Number.POSITIVE_INFINITY : Number(query.after)
    const items: MessageSummary[] = []
    for (const { message, haystack } of [...this.#kept.values()].reverse()) {
      if (Number(message.id) >= before) continue
      if (to && !message.to.some((address) => address.email.toLowerCase() === to)) continue
      if (query.tag && !message.tags.includes(query.tag)) continue
      if (query.key && message.key !== query.key) continue
      if (!words.every((word) => haystack.includes(word))) continue
      if (items.length === query.limit) return { items, next: items.at(-1)?.id ?? null }
      items.push(this.summary(message))
    }
    return { items, next: null }
  }

  /** Oldest first, for a stream that was interrupted. */
  newerThan(id: number): MessageSummary[] {
    return [...this.#kept.values()]
      .filter((kept) => Number(kept.message.id) > id)
      .map((kept) => this.summary(kept.message))
  }

  summary(message: StoredMessage): MessageSummary {
    const { id, at, via, key, messageId, from, to, subject, tags } = message
    const attempts = (key === null ? undefined : this.#keys.get(key)?.counts) ?? {
      ...noCounts().attempts,
      total: 1,
      accepted: 1,
    }
    // Not the subject again, nor the line under it.
    const preview = `${message.text} `
      .replace(subject, '')
      .replace(/[=-]{3,}|\s+/g, ' ')
      .replace(/ +/g, ' ')
      .trim()
      .slice(0, 140)
    return {
      id,
      at,
      via,
      key,
      messageId,
      from,
      to,
      subject,
      preview,
      tags,
      attachments: message.attachments.length,
      attempts,
    }
  }

  async close(): Promise<void> {
    while (this.#writing) await this.#writing
    await this.#handle.close()
  }

  // Records in, state out: the only place where state changes, when running and when starting again.

  #apply(record: LogRecord): void {
    switch (record.type) {
      case 'message':
        this.#keep(record.message)
        if (record.attempt) this.#count(record.attempt, record.message)
        break
      case 'attempt':
        this.#count(record.attempt)
        break
      case 'simulator':
        this.simulator = record.settings
        break
      case 'clear':
        this.#kept.clear()
        this.#keys.clear()
        this.#keptBytes = 0
        this.#keylessBegun = 0
        this.#all = noCounts()
        this.#tags = new Map()
        this.#recent = []
        break
      case 'totals':
        this.#lastId = record.lastId
        this.#all = record.all
        this.#tags = new Map(record.tags)
        this.#recent = record.recent
        break
      case 'key':
        this.#keys.set(record.key, record.state)
        break
    }
  }

  #keep(message: StoredMessage): void {
    const bytes = 2 * (message.source.length + message.html.length + message.text.length) + 500
    const people = [message.from, ...message.to].map((address) => `${address.name} ${address.email}`).join(' ')
    const haystack = folded(`${message.subject} ${people} ${message.tags.join(' ')} ${message.text.slice(0, 4_000)}`)
    this.#lastId = Math.max(this.#lastId, Number(message.id))
    this.#kept.set(message.id, { message, bytes, haystack })
    this.#keptBytes += bytes
    for (const [id, kept] of this.#kept) {
      if (this.#kept.size <= this.#options.keepMax && this.#keptBytes <= this.#options.bytesMax) break
      if (this.#kept.size === 1) break
      this.#kept.delete(id)
      this.#keptBytes -= kept.bytes
    }
  }

  #count(attempt: Attempt, stored?: StoredMessage): void {
    let firstOfKey = attempt.key === null
    if (attempt.key !== null) {
      const state = this.#stateOf(attempt.key)
      firstOfKey = state.counts.total === 0
      state.begun = Math.max(state.begun, attempt.n)
      state.counts.total++
      state.counts[attempt.outcome]++
      state.attempts = [...state.attempts, attempt].slice(-ATTEMPTS_PER_KEY)
      if (stored) {
        state.id = stored.id
        state.messageId = stored.messageId
      }
    } else {
      this.#keylessBegun = Math.max(this.#keylessBegun, attempt.n)
    }
    for (const counts of [this.#all, ...attempt.tags.map((tag) => this.#countsOf(tag))]) {
      if (stored) counts.messages++
      if (firstOfKey && attempt.key !== null) counts.keys++
      counts.attempts.total++
      counts.attempts[attempt.outcome]++
    }
    this.#recent.push(attempt)
    if (this.#recent.length > 2 * ATTEMPTS_RECENT) this.#recent = this.#recent.slice(-ATTEMPTS_RECENT)
    if (attempt.failNext) this.simulator = { ...this.simulator, failNext: Math.max(0, this.simulator.failNext - 1) }
  }

  #stateOf(key: string): KeyState {
    let state = this.#keys.get(key)
    if (!state) {
      state = { counts: noCounts().attempts, begun: 0, id: null, messageId: null, attempts: [] }
      this.#keys.set(key, state)
      if (this.#keys.size > this.#options.keysMax) {
        const oldest = this.#keys.keys().next().value
        if (oldest !== undefined) this.#keys.delete(oldest)
      }
    }
    return state
  }

  #countsOf(tag: string): Counts {
    let counts = this.#tags.get(tag)
    if (!counts) {
      counts = noCounts()
      this.#tags.set(tag, counts)
      const oldest = this.#tags.size > TAGS_MAX ? this.#tags.keys().next().value : undefined
      if (oldest !== undefined) this.#tags.delete(oldest)
    }
    return counts
  }

  // The file.

  /** Memory changes at once (so what comes next sees it); the promise waits for the file, and only then is anyone told. */
  async #record(record: LogRecord): Promise<void> {
    const failNext = this.simulator.failNext
    this.#apply(record)
    await new Promise<void>((done) => {
      this.#queue.push({ line: `${JSON.stringify(record)}\n`, done })
      this.#writing ??= this.#write()
    })
    if (record.type === 'message') this.emit('message', record.message)
    if ((record.type === 'message' || record.type === 'attempt') && record.attempt) this.emit('attempt', record.attempt)
    if (record.type === 'clear') this.emit('cleared')
    if (record.type === 'simulator' || failNext !== this.simulator.failNext) this.emit('simulator', this.simulator)
  }

  /** One writer; what arrives while it writes goes into its next write, together. */
  async #write(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        const group = this.#queue
        this.#queue = []
        if (this.#isMostlyHistory()) {
          // The snapshot is of memory, which holds the group already.
          await this.#compact()
        } else {
          const bytes = Buffer.from(group.map((entry) => entry.line).join(''))
          await this.#handle.appendFile(bytes)
          this.#fileBytes += bytes.length
        }
        for (const entry of group) entry.done()
      }
      this.#writing = undefined
    } catch (error) {
      // Nobody in the queue is ever answered: to them the outcome is unknown, as it is to us.
      this.#options.onBroken(error)
    }
  }

  #isMostlyHistory(): boolean {
    const alive = this.#keptBytes + this.#keys.size * 400
    return this.#fileBytes > 2 * alive + this.#options.compactSlackBytes
  }

  async #compact(): Promise<void> {
    const line = (record: LogRecord) => `${JSON.stringify(record)}\n`
    // Everything that can still change is written down before the first await; messages never change.
    const messages = [...this.#kept.values()].map((kept) => kept.message)
    const head = [
      line({ type: 'simulator', settings: this.simulator }),
      line({
        type: 'totals',
        lastId: this.#lastId,
        all: this.#all,
        tags: [...this.#tags],
        recent: this.#recent.slice(-ATTEMPTS_RECENT),
      }),
      ...[...this.#keys].map(([key, state]) => line({ type: 'key', key, state })),
    ].join('')
    const beside = `${this.#file}.new`
    const handle = await open(beside, 'w')
    let bytes = 0
    const write = async (text: string) => {
      bytes += Buffer.byteLength(text)
      await handle.appendFile(text)
    }
    await write(head)
    for (let at = 0; at < messages.length; at += 100) {
      await write(
        messages
          .slice(at, at + 100)
          .map((message) => line({ type: 'message', message }))
          .join(''),
      )
    }
    await handle.sync() // before the rename, or a lost power supply would leave a name without a content
    await rename(beside, this.#file)
    await this.#handle.close()
    this.#handle = handle
    this.#fileBytes = bytes
  }

  async #replay(): Promise<void> {
    await rm(`${this.#file}.new`, { force: true })
    this.#handle = await open(this.#file, 'a')
    let good = 0
    for await (const line of linesOf(this.#file)) {
      try {
        this.#apply(JSON.parse(line.toString('utf8')) as LogRecord)
      } catch (error) {
        throw new Error(
          `[mailbox-file-damaged] ${this.#file} holds a line at byte ${good} that is no record. A kill can only leave an unfinished last line, so something else wrote to it. Fix: move the file away; the mailbox starts empty.`,
          { cause: error },
        )
      }
      good += line.length + 1
    }
    if (good < (await this.#handle.stat()).size) await truncate(this.#file, good)
    this.#fileBytes = good
  }
}

/** Finished lines only. Not `readline`: it also splits at U+2028, which JSON leaves as it is. */
async function* linesOf(file: string): AsyncGenerator<Buffer> {
  let parts: Buffer[] = []
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    let from = 0
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      yield Buffer.concat([...parts, chunk.subarray(from, at)])
      parts = []
      from = at + 1
    }
    parts.push(chunk.subarray(from))
  }
}
