import { isThenable } from '../definitions/is-thenable.ts'

/** What the daemon was doing when trouble came that is no handler's failure. */
export type ErrorPlace =
  | 'claim-events' // looking for events to process
  | 'process-events' // running the handlers of a set of events, or saving what they returned
  | 'claim-commands' // looking for commands to run
  | 'run-command' // running one command, or several that share a transaction
  | 'settle-commands' // writing what became of commands
  | 'start-commands' // recording that one begins which was in hand when a daemon was lost
  | 'settle-batch' // asking whether a batch has ended
  | 'listener' // the connection for LISTEN and liveness
  | 'doorbell' // telling other daemons that there may be work
  | 'heartbeat'
  | 'upkeep' // rescue, promotion of due work, sweeps, partitions, retention

/** Where trouble came, and about what: the second argument of `onError`. */
export interface ErrorContext {
  readonly place: ErrorPlace
  readonly daemonId: string
  /** The tenant, where the trouble is one tenant's. */
  readonly tenant?: string | undefined
  /** The command or event, where the trouble is about a single one. */
  readonly commandId?: string | undefined
  readonly commandType?: string | undefined
  readonly eventId?: string | undefined
  readonly eventType?: string | undefined
  /** The event's handler, where the trouble came while it ran. */
  readonly handler?: string | undefined
}

/** How the parts of a daemon tell of trouble; the daemon adds its id. Never throws. */
export type OnError = (error: unknown, context: Omit<ErrorContext, 'daemonId'>) => void

/**
 * The application's `onError` for the parts of a daemon.
 * @param listener what it throws is printed, for it is called where an error would end a loop of the daemon.
 */
export function onErrorOf(daemonId: string, listener: (error: unknown, context: ErrorContext) => void): OnError {
  const failed = (thrown: unknown) => console.error('onError failed:', thrown)
  return (error, context) => {
    try {
      const returned: unknown = listener(error, { ...context, daemonId })
      if (isThenable(returned)) returned.then(undefined, failed)
    } catch (thrown) {
      failed(thrown)
    }
  }
}
