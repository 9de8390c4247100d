import type { CommandDefinition } from '../commands/command.ts'
import type { CommandHandler } from '../commands/handle.ts'
import { CascataError } from '../errors.ts'
import type { EventDefinition } from '../events/event.ts'
import type { EventHandler } from '../events/on.ts'

/** One noun's definitions and handlers. */
export interface Module {
  readonly name: string
  readonly parts: readonly unknown[]
}

/**
 * @param parts definitions, handlers, or whole slices (`import * as createClassActivity from …`); values that are none
 * of the engine's, such as routes, are left to whoever knows them.
 */
export function module(name: string, parts: readonly unknown[]): Module {
  return { name, parts }
}

/** Everything that a daemon can run, by stored name. */
export interface App {
  readonly modules: readonly Module[]
  readonly events: ReadonlyMap<string, EventDefinition>
  readonly commands: ReadonlyMap<string, CommandDefinition>
  /** Event type → its handlers, in the order of the modules. */
  readonly eventHandlers: ReadonlyMap<string, readonly EventHandler[]>
  readonly commandHandlers: ReadonlyMap<string, CommandHandler>
}

type Part = EventDefinition | CommandDefinition | EventHandler | CommandHandler

/**
 * Collects the modules.
 * @throws CascataError `command-without-handler`, `two-command-handlers`, `duplicate-name`, `not-a-part`: an
 * application that could lose work must not start.
 */
export function createApp(modules: readonly Module[]): App {
  const events = new Map<string, EventDefinition>()
  const commands = new Map<string, CommandDefinition>()
  const eventHandlers = new Map<string, EventHandler[]>()
  const commandHandlers = new Map<string, CommandHandler>()

  const define = <D extends EventDefinition | CommandDefinition>(known: Map<string, D>, definition: D): void => {
    const other = known.get(definition.storedName)
    if (other === definition) return
    if (other) throw duplicate(definition.storedName, other.definedAt, definition.definedAt)
    known.set(definition.storedName, definition)
  }

  for (const part of new Set(modules.flatMap((m) => m.parts.flatMap((p) => partsOf(m.name, p))))) {
    switch (part.kind) {
      case 'event-type':
        define(events, part)
        break
      case 'command-type':
        define(commands, part)
        break
      case 'event-handler': {
        define(events, part.event)
        const handlers = eventHandlers.get(part.event.storedName) ?? []
        const twin = handlers.find((h) => h.handlerName === part.handlerName)
        if (twin) throw duplicate(part.handlerName, twin.definedAt, part.definedAt)
        eventHandlers.set(part.event.storedName, [...handlers, part])
        break
      }
      case 'command-handler': {
        define(commands, part.command)
        const other = commandHandlers.get(part.command.storedName)
        if (other) {
          throw new CascataError(
            'two-command-handlers',
            `"${part.command.storedName}" is handled at ${other.definedAt} and at ${part.definedAt}.`,
            { fix: 'remove one; for several reactions, emit an event and give it several handlers.' },
          )
        }
        commandHandlers.set(part.command.storedName, part)
      }
    }
  }
  for (const [name, type] of commands) {
    if (commandHandlers.has(name)) continue
    throw new CascataError('command-without-handler', `Nothing handles "${name}", defined at ${type.definedAt}.`, {
      fix: 'export its handler (handle or effect) from a slice that a module lists.',
    })
  }
  return { modules, events, commands, eventHandlers, commandHandlers }
}

/** `type/handler` of every handler of an event. */
export function subscriptionsOf({ eventHandlers }: Pick<App, 'eventHandlers'>): string[] {
  return [...eventHandlers].flatMap(([type, handlers]) => handlers.map(({ handlerName }) => `${type}/${handlerName}`))
}

function partsOf(moduleName: string, value: unknown): Part[] {
  if (isPart(value)) return [value]
  if (typeof value === 'object' && value !== null) return Object.values(value).filter(isPart)
  throw new CascataError('not-a-part', `Module "${moduleName}" lists ${value === null ? 'null' : typeof value}.`, {
    fix: 'list definitions, handlers, or slices imported with `import * as slice from …`.',
  })
}

function isPart(value: unknown): value is Part {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const { kind } = value as { kind?: unknown }
  return kind === 'event-type' || kind === 'command-type' || kind === 'event-handler' || kind === 'command-handler'
}

function duplicate(name: string, first: string | undefined, second: string | undefined): CascataError {
  return new CascataError('duplicate-name', `The stored name "${name}" is used at ${first} and at ${second}.`, {
    fix: 'give one of them another stored name; names in the database cannot tell them apart.',
  })
}
