/** The database cannot be made ready: what is wrong, and what somebody with the right can do about it. */
export class DatabaseSetupError extends Error {
  readonly fix: string

  constructor(what: string, fix: string) {
    super(`${what}\nFix: ${fix}`)
    this.name = 'DatabaseSetupError'
    this.fix = fix
  }
}
