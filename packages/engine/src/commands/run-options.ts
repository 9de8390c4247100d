import type pg from 'pg'
import type { App } from '../app/app.ts'
import type { Services } from '../app/services.ts'
import type { Runner } from '../postgres/pools.ts'
import type { Trouble } from '../postgres/trouble.ts'
import type { Abandonment } from './abandonment.ts'
import type { CommandClaim } from './claim-commands.ts'
import type { EarlierCall } from './handle.ts'
import type { Settlement } from './settle-commands.ts'

/** An intent is stored: the call may be made. */
export interface Intended {
  /** Knowledge of earlier calls with the same key. */
  readonly earlier: EarlierCall | null
}

export interface RunOptions {
  app: App
  services: Services
  exec: pg.Pool
  control: pg.Pool
  run: Runner
  daemonId: string
  /** Stores the intent before a call; resolves when it is committed: false = the claim was lost, do not call. */
  intend: (intent: {
    claim: CommandClaim
    key: string
    timeoutMs: number
    onUnknown: string
  }) => Promise<Intended | false>
  now: () => Date
  /** A command met trouble that is no failure of its handler. */
  onTrouble: (trouble: Trouble, claim: CommandClaim) => void
  /** Aborted when the daemon leaves handlers behind that did not heed their signal. */
  abandonment: Abandonment
}

/**
 * - `settled`: its success and its attempt are saved;
 * - `fenced`: somebody else holds the claim; nothing was saved;
 * - otherwise what is to be written.
 */
export type RunResult = Settlement | 'settled' | 'fenced'

export type Timed = { claim: CommandClaim; startedAtMs: number; ms: number }

/** Asked at the end: until then it runs. */
export type Timing = () => Timed
