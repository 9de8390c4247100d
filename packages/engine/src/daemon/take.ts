import type { App } from '../app/app.ts'
import { LANES, type Lane } from '../commands/command.ts'
import { CascataError } from '../errors.ts'

/** A part of the application's work. What is left out is taken whole. */
export interface Take {
  /** Types of commands. */
  commands?: readonly string[]
  /** Lanes of commands. */
  lanes?: readonly Lane[]
  /** Types of events; `false`: none. */
  events?: boolean | readonly string[]
}

/** What a daemon takes: the application with no more definitions than that, and the numbers of its lanes. */
export interface Taken {
  readonly app: App
  readonly lanes: readonly number[]
}

/** @throws CascataError `bad-option` for a name that the application does not have. */
export function takenOf(app: App, take: Take = {}): Taken {
  if (typeof take !== 'object' || take === null || Array.isArray(take)) {
    throw bad(`take is ${JSON.stringify(take)}.`, 'give an object with commands, lanes or events.')
  }
  const unknown = Object.keys(take).find((key) => !['commands', 'lanes', 'events'].includes(key))
  if (unknown !== undefined) throw bad(`take has "${unknown}".`, 'use commands, lanes and events.')
  const { commands, lanes = LANES, events = true } = take
  const eventTypes = typeof events === 'boolean' ? (events ? undefined : []) : events
  const takesCommand = chosen('take.commands', commands, app.commandHandlers)
  const takesEvent = chosen('take.events', eventTypes, app.events)
  if (!Array.isArray(lanes) || lanes.length === 0 || lanes.some((lane) => !LANES.includes(lane))) {
    throw bad(
      `take.lanes is ${JSON.stringify(lanes)}.`,
      `give some of ${LANES.join(', ')}; for no commands at all, commands: [].`,
    )
  }
  return {
    app: {
      ...app,
      events: only(app.events, takesEvent),
      eventHandlers: only(app.eventHandlers, takesEvent),
      commandHandlers: only(app.commandHandlers, takesCommand),
    },
    lanes: [...LANES.keys()].filter((lane) => lanes.includes(LANES[lane] as Lane)),
  }
}

function chosen(
  name: string,
  types: readonly string[] | undefined,
  known: ReadonlyMap<string, unknown>,
): (type: string) => boolean {
  if (types === undefined) return () => true
  if (!Array.isArray(types)) throw bad(`${name} is ${JSON.stringify(types)}.`, 'give a list of names.')
  const stranger = types.find((type) => !known.has(type))
  if (stranger !== undefined) {
    const fix = `use names that the application has, as they are stored: ${[...known.keys()].slice(0, 10).join(', ')}.`
    throw bad(`${name} has ${JSON.stringify(stranger)}, which nothing here handles.`, fix)
  }
  return (type) => types.includes(type)
}

function only<T>(all: ReadonlyMap<string, T>, takes: (type: string) => boolean): ReadonlyMap<string, T> {
  return new Map([...all].filter(([type]) => takes(type)))
}

function bad(why: string, fix: string): CascataError {
  return new CascataError('bad-option', why, { fix })
}
