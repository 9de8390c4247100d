import { type BatchValue, requiredPercent } from '../batches/batch.ts'
import { derivedUuid, uuidv7 } from '../definitions/uuid.ts'
import { CascataError } from '../errors.ts'
import type { CommandValue } from './command.ts'
import type { Next, NextList } from './outcome.ts'

/** Where things come from that a handler returned, or that were enqueued directly. */
export type Origin =
  | { kind: 'command'; commandId: string; rootId: string; batchId: string | undefined }
  | { kind: 'event'; eventId: string; rootId: string; handler: string }
  | { kind: 'direct' }

export interface NextJson {
  readonly commands: string[]
  readonly batches: string[]
  /** Ids in the order of the values: of a batch the batch's own. */
  readonly ids: string[]
}

export function emptyNext(): NextJson {
  return { commands: [], batches: [], ids: [] }
}

/** What the database's insert_next takes; null when there is nothing. */
export function nextText(next: NextJson): string | null {
  if (next.commands.length === 0 && next.batches.length === 0) return null
  const batches = next.batches.length === 0 ? '' : `,"batches":[${next.batches.join(',')}]`
  return `{"commands":[${next.commands.join(',')}]${batches}}`
}

/**
 * Adds what a handler returned. Ids are made here: of an event's handler they derive from the event, so that saving
 * twice cannot double them.
 * @param known whether the application has a handler for a command of this stored name.
 * @throws CascataError `command-without-handler` for a command that nobody could run, `not-a-part` for anything else.
 */
export function addNext(into: NextJson, list: NextList, origin: Origin, known: (name: string) => boolean): void {
  let ordinal = 0
  const newId = () => (origin.kind === 'event' ? derivedUuid(origin.eventId, origin.handler, ordinal++) : uuidv7())
  for (const value of listed(list)) {
    if (value?.kind === 'command') {
      const id = newId()
      into.commands.push(commandJson(checked(value, known), id, originFields(origin, id, id)))
      into.ids.push(id)
    } else if (value?.kind === 'batch') {
      into.ids.push(addBatch(into, value, origin, newId, known))
    } else {
      throw new CascataError('not-a-part', `A handler returned ${describe(value)}.`, {
        fix: 'return commands, batches, an outcome such as done(), or nothing.',
      })
    }
  }
}

/** Commands that differ in nothing but their data, as columns. */
export interface AlikeCommands {
  readonly first: CommandValue
  readonly ids: string[]
  readonly data: string
}

/** undefined: they differ, are none, or there is something else among them. */
export function alikeCommands(list: NextList): AlikeCommands | undefined {
  const values = listed(list)
  const [first] = values
  if (first?.kind !== 'command') return undefined
  const alike = (value: Next): value is CommandValue =>
    value?.kind === 'command' &&
    value.name === first.name &&
    value.lane === first.lane &&
    value.priority === first.priority &&
    value.delayMs === first.delayMs
  if (!values.every(alike)) return undefined
  return { first, ids: values.map(() => uuidv7()), data: `[${values.map(({ json }) => json).join(',')}]` }
}

/** JSON of further members for a batch that is open. */
export function memberJson(
  members: readonly CommandValue[],
  batch: {
    id: string
    rootId: string
    origin: string
    originId: string | null
    handler: string | null
    eventId: string | null
  },
): NextJson {
  const next = emptyNext()
  for (const member of members) {
    checked(member, () => true)
    const id = uuidv7()
    const fields =
      `"root_id":"${batch.rootId}","origin":"${batch.origin}","origin_id":${quote(batch.originId)},` +
      `"handler":${quote(batch.handler)},"event_id":${quote(batch.eventId)},"batch_id":"${batch.id}"`
    next.commands.push(commandJson(member, id, fields))
    next.ids.push(id)
  }
  return next
}

function listed(list: NextList): readonly Next[] {
  return list === undefined || list === null ? [] : Array.isArray(list) ? list : [list as Next]
}

function addBatch(
  into: NextJson,
  batch: BatchValue,
  origin: Origin,
  newId: () => string,
  known: (name: string) => boolean,
): string {
  const id = newId()
  const root = origin.kind === 'direct' ? id : origin.rootId
  const fields = originFields(origin, root)
  for (const member of batch.members) {
    into.commands.push(commandJson(checked(member, known), newId(), `${fields},"batch_id":"${id}"`))
  }
  let next: string | null = null
  if (batch.nextCommand) {
    next = newId()
    const own = `"root_id":"${root}","origin":"batch","origin_id":"${id}","awaiting":true`
    into.commands.push(commandJson(checked(batch.nextCommand, known), next, own))
  }
  const failure = batch.failureCommand && checked(batch.failureCommand, known)
  const parent = origin.kind === 'command' ? origin.batchId : undefined
  into.batches.push(
    `{"id":"${id}","type":"${batch.name}",${fields},"parent_batch_id":${quote(parent ?? null)},` +
      `"size":${batch.members.length},"sealed":${batch.sealed},"required_percent":${requiredPercent(batch.policy)},` +
      `"next_command_id":${quote(next)},"on_failure":${failure ? specJson(failure) : 'null'}}`,
  )
  return id
}

function checked(value: CommandValue, known: (name: string) => boolean): CommandValue {
  if (value?.kind !== 'command') {
    throw new CascataError('not-a-part', `A batch holds ${describe(value)}.`, { fix: 'make each member a command.' })
  }
  if (!known(value.name)) {
    throw new CascataError('command-without-handler', `Nothing in this application handles "${value.name}".`, {
      fix: 'list the slice that handles it in a module of the application.',
    })
  }
  return value
}

function specJson(value: CommandValue): string {
  return (
    `{"type":"${value.name}","data":${value.json},"lane":${value.lane},"priority":${value.priority},` +
    `"delay_ms":${value.delayMs}}`
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
  return value === null
    ? 'null'
    : typeof value === 'object'
      ? 'an object that is no command and no batch'
      : typeof value
}
