import { type BatchValue, requiredPercent } from '../batches/batch.ts'
import { isThenable, letGo } from '../definitions/is-thenable.ts'
import { derivedUuid, uuidv7 } from '../definitions/uuid.ts'
import { CascataError } from '../errors.ts'
import type { CommandValue } from './command.ts'
import type { Next, NextList } from './outcome.ts'

/** Where things come from that a handler returned, or that were enqueued directly. */
export type Origin = (
  | { kind: 'command'; commandId: string; rootId: string; batchId: string | undefined }
  | { kind: 'event'; eventId: string; rootId: string; handler: string }
  | { kind: 'direct' }
) & { readonly trace: string | null | undefined }

export interface NextJson {
  commands: string[]
  batches: string[]
  /** Ids in the order of the values: of a batch the batch's own. */
  readonly ids: string[]
  /** Characters of what is held. */
  size: number
}

export function emptyNext(): NextJson {
  return { commands: [], batches: [], ids: [], size: 0 }
}

/**
 * What one handler may return at once: it is saved by one statement, which has to end within the server's limits. More is
 * enqueued from outside, or by several commands.
 */
export const RETURN_MAX = { commands: 200_000, characters: 64 * 1024 * 1024 }
/** What one statement of an `enqueue` takes; there may be any number of them. */
export const PIECE = { commands: 10_000, characters: 4 * 1024 * 1024 }

/** What the database's insert_next takes; null when there is nothing. */
export function nextText(next: NextJson): string | null {
  if (next.commands.length === 0 && next.batches.length === 0) return null
  const batches = next.batches.length === 0 ? '' : `,"batches":[${next.batches.join(',')}]`
  return `{"commands":[${next.commands.join(',')}]${batches}}`
}

/** The same, and what is held is let go. */
export function takeText(next: NextJson): string | null {
  const text = nextText(next)
  next.commands = []
  next.batches = []
  next.size = 0
  return text
}

export function isPiece({ commands, size }: NextJson): boolean {
  return commands.length >= PIECE.commands || size >= PIECE.characters
}

/** More than one statement should save. */
export function isTooMuch({ commands, size }: NextJson, max = RETURN_MAX): boolean {
  return commands.length > max.commands || size > max.characters
}

/**
 * Adds what a handler returned. Ids are made here: of an event's handler they derive from the event, so that saving
 * twice cannot double them.
 * @param known whether the application has a handler for a command of this stored name.
 * @throws CascataError `command-without-handler` for a command that nobody could run, `not-a-part` for anything else,
 * `data-too-large` for more than one statement should save.
 */
export function addNext(
  into: NextJson,
  list: NextList,
  origin: Origin,
  known: (name: string) => boolean,
  max = RETURN_MAX,
): void {
  const own = emptyNext()
  for (const _ of addingNext(own, list, origin, known)) {
    if (isTooMuch(own, max)) {
      throw new CascataError('data-too-large', 'A handler returned too much at once.', {
        why: `What one handler returns is at most ${max.commands} commands and ${max.characters} characters of JSON.`,
        fix: 'return a batch of commands that each return a part, or enqueue() from outside of a handler.',
      })
    }
  }
  for (const command of own.commands) into.commands.push(command)
  into.batches.push(...own.batches)
  into.ids.push(...own.ids)
  into.size += own.size
}

/** Adds part after part, and pauses behind each: what is held may then be taken and sent. */
export function* addingNext(
  into: NextJson,
  list: NextList,
  origin: Origin,
  known: (name: string) => boolean,
): Generator<void> {
  const values = listed(list)
  checkParts(values, known)
  let ordinal = 0
  const newId = () => (origin.kind === 'event' ? derivedUuid(origin.eventId, origin.handler, ordinal++) : uuidv7())
  for (const value of values) {
    if (value.kind === 'batch') {
      yield* addingBatch(into, value, origin, newId)
      continue
    }
    const id = newId()
    addCommand(into, commandJson(value, id, originFields(origin, id, id)))
    into.ids.push(id)
    yield
  }
}

/** The whole of it, before a piece of it is sent: whoever hears of the refusal and goes on has saved none of it. */
function checkParts(values: readonly Next[], known: (name: string) => boolean): void {
  for (const value of values) {
    if (value?.kind === 'command') checkCommand(value, known)
    else if (value?.kind === 'batch') {
      checkMembers(value.members, known)
      for (const other of [value.nextCommand, value.failureCommand]) if (other) checkCommand(other, known)
    } else {
      values.forEach(letGo)
      throw new CascataError('not-a-part', `A handler returned ${describe(value)}.`, {
        fix: 'return commands, batches, an outcome such as done(), or nothing.',
      })
    }
  }
}

function addCommand(into: NextJson, json: string): void {
  into.commands.push(json)
  into.size += json.length
}

/** Commands that differ in nothing but their data, as columns. */
export interface AlikeCommands {
  readonly ids: string[]
  readonly data: string
}

/** The first of commands that differ in nothing but their data; undefined: they differ, are none, or there is something else. */
export function firstOfAlike(list: NextList): CommandValue | undefined {
  const values = listed(list)
  const [first] = values
  if (first?.kind !== 'command') return undefined
  const alike = (value: Next): value is CommandValue =>
    value?.kind === 'command' &&
    value.name === first.name &&
    value.lane === first.lane &&
    value.priority === first.priority &&
    value.delayMs === first.delayMs
  return values.every(alike) ? first : undefined
}

/** Such commands, a piece at a time. */
export function* alikePieces(list: NextList, max = PIECE): Generator<AlikeCommands> {
  let ids: string[] = []
  let data: string[] = []
  let size = 0
  for (const value of listed(list) as readonly CommandValue[]) {
    ids.push(uuidv7())
    data.push(value.json)
    size += value.json.length
    if (ids.length < max.commands && size < max.characters) continue
    yield { ids, data: `[${data.join(',')}]` }
    ids = []
    data = []
    size = 0
  }
  if (ids.length > 0) yield { ids, data: `[${data.join(',')}]` }
}

/** Adds further members of a batch that is open, checked before, and pauses behind each. */
export function* addingMembers(
  into: NextJson,
  members: readonly CommandValue[],
  batch: {
    id: string
    rootId: string
    origin: string
    originId: string | null
    handler: string | null
    eventId: string | null
  },
): Generator<void> {
  for (const member of members) {
    const id = uuidv7()
    const fields =
      `"root_id":"${batch.rootId}","origin":"${batch.origin}","origin_id":${quote(batch.originId)},` +
      `"handler":${quote(batch.handler)},"event_id":${quote(batch.eventId)},"batch_id":"${batch.id}"`
    addCommand(into, commandJson(member, id, fields))
    into.ids.push(id)
    yield
  }
}

function listed(list: NextList): readonly Next[] {
  return list === undefined || list === null ? [] : Array.isArray(list) ? list : [list as Next]
}

function* addingBatch(into: NextJson, batch: BatchValue, origin: Origin, newId: () => string): Generator<void> {
  const id = newId()
  const root = origin.kind === 'direct' ? id : origin.rootId
  const fields = originFields(origin, root)
  for (const member of batch.members) {
    addCommand(into, commandJson(member, newId(), `${fields},"batch_id":"${id}"`))
    yield
  }
  let next: string | null = null
  if (batch.nextCommand) {
    next = newId()
    const own = `"root_id":"${root}","origin":"batch","origin_id":"${id}","awaiting":true${traceField(origin)}`
    addCommand(into, commandJson(batch.nextCommand, next, own))
  }
  const failure = batch.failureCommand
  const parent = origin.kind === 'command' ? origin.batchId : undefined
  const json =
    `{"id":"${id}","type":"${batch.name}",${fields},"parent_batch_id":${quote(parent ?? null)},` +
    `"size":${batch.members.length},"sealed":${batch.sealed},"required_percent":${requiredPercent(batch.policy)},` +
    `"next_command_id":${quote(next)},"on_failure":${failure ? specJson(failure, origin) : 'null'}}`
  into.batches.push(json)
  into.size += json.length
  into.ids.push(id)
  yield
}

/** @throws CascataError as {@link addNext}. */
export function checkMembers(members: readonly CommandValue[], known: (name: string) => boolean = () => true): void {
  for (const member of members) if (member?.kind !== 'command') letGo(member)
  for (const member of members) checkCommand(member, known)
}

function checkCommand(value: CommandValue, known: (name: string) => boolean): void {
  if (value?.kind !== 'command') {
    letGo(value)
    throw new CascataError('not-a-part', `A batch holds ${describe(value)}.`, { fix: 'make each member a command.' })
  }
  if (!known(value.name)) {
    throw new CascataError('command-without-handler', `Nothing in this application handles "${value.name}".`, {
      fix: 'list the slice that handles it in a module of the application.',
    })
  }
}

function specJson(value: CommandValue, origin: Origin): string {
  return (
    `{"type":"${value.name}","data":${value.json},"lane":${value.lane},"priority":${value.priority},` +
    `"delay_ms":${value.delayMs}${traceField(origin)}}`
  )
}

/** What has its usual value is left out: the database reads a third less. */
function commandJson(value: CommandValue, id: string, fields: string): string {
  const priority = value.priority === 0 ? '' : `"priority":${value.priority},`
  const delay = value.delayMs === 0 ? '' : `"delay_ms":${value.delayMs},`
  return `{"id":"${id}","type":"${value.name}","data":${value.json},"lane":${value.lane},${priority}${delay}${fields}}`
}

/** @param root of what has no cause before it; its own id need not be said. */
function originFields(origin: Origin, root: string, id?: string): string {
  return causeFields(origin, root, id) + traceField(origin)
}

function traceField({ trace }: Origin): string {
  return trace ? `,"trace":${JSON.stringify(trace)}` : ''
}

function causeFields(origin: Origin, root: string, id?: string): string {
  switch (origin.kind) {
    case 'command':
      return `"root_id":"${origin.rootId}","origin":"command","origin_id":"${origin.commandId}"`
    case 'event':
      return (
        `"root_id":"${origin.rootId}","origin":"event","origin_id":"${origin.eventId}",` +
        `"handler":"${origin.handler}","event_id":"${origin.eventId}"`
      )
    case 'direct':
      return root === id ? '"origin":"direct"' : `"root_id":"${root}","origin":"direct"`
  }
}

function quote(text: string | null): string {
  return text === null ? 'null' : `"${text}"`
}

function describe(value: unknown): string {
  if (isThenable(value)) return 'a promise that it did not await'
  return value === null
    ? 'null'
    : typeof value === 'object'
      ? 'an object that is no command and no batch'
      : typeof value
}
