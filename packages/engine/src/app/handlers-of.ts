import type { CommandDefinition } from '../commands/command.ts'
import {
  type CommandContext,
  type CommandHandler,
  type DataOf,
  type EffectContext,
  effect,
  handle,
  type OnUnknown,
  type Reconcile,
} from '../commands/handle.ts'
import type { NextList, Outcome } from '../commands/outcome.ts'
import type { EventDefinition } from '../events/event.ts'
import { type EventContext, type EventHandler, type EventHandlerOptions, on } from '../events/on.ts'

/** The functions that make handlers, whose context holds the services `S`. */
export interface HandlersOf<S> {
  handle<C extends CommandDefinition, R extends NextList | Outcome<NextList>>(
    command: C,
    run: (data: DataOf<C>, context: CommandContext<S>) => R | Promise<R>,
  ): CommandHandler<C, R>
  effect<C extends CommandDefinition, R extends NextList | Outcome<NextList>>(
    command: C,
    run: (data: DataOf<C>, context: EffectContext<S>) => R | Promise<R>,
    options?: {
      onUnknown?: OnUnknown
      reconcile?: (data: DataOf<C>, context: EffectContext<S>) => ReturnType<Reconcile>
    },
  ): CommandHandler<C, R>
  on<E extends EventDefinition, const Name extends string, R extends NextList>(
    event: E,
    name: Name,
    run: (data: DataOf<E>, context: EventContext<S>) => R | Promise<R>,
    options?: EventHandlerOptions,
  ): EventHandler<E, Name, R>
}

/**
 * `handle`, `effect` and `on` for an application with services of its own, without declaring them for the whole program as
 * {@link Services} does: two applications in one program then have two sets.
 *
 *     const { handle, effect, on } = handlersOf<MyServices>()
 *     createDaemon<MyServices>({ app, database, services })
 *
 * That the daemon is given the services which its handlers expect is for you to see to: name the same type in both places.
 */
export function handlersOf<S extends object>(): HandlersOf<S> {
  return { handle, effect, on } as unknown as HandlersOf<S>
}
