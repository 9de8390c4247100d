/** More is asked for than can be done at once: nothing was begun, and after these seconds it may be. */
export class Busy extends Error {
  readonly retrySeconds: number

  constructor(retrySeconds: number) {
    super(`Too much is asked for at once. Try again in ${retrySeconds} seconds.`)
    this.name = 'Busy'
    this.retrySeconds = retrySeconds
  }
}
