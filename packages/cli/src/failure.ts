/** Why a command ends without having done what it was asked for: printed in three lines, with exit code 1. */
export class Failure extends Error {
  readonly code: string
  readonly fix: string

  constructor(code: string, message: string, fix: string) {
    super(message)
    this.code = code
    this.fix = fix
  }
}
