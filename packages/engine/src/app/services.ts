/**
 * What your handlers are given besides the engine's own: a mailer, a clock, settings. Extend it once:
 *
 *     declare module 'cascata' { interface Services { mail: Mailer } }
 *
 * and pass the values to `createDaemon({ services })`. It holds for the whole program; where that has two applications, each
 * takes `handle`, `effect` and `on` from {@link handlersOf} instead.
 */
// biome-ignore lint/suspicious/noEmptyInterface: empty here, so that applications may add to it.
export interface Services {}
