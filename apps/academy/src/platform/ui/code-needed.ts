import { ApiProblem } from '../http/client.ts'
import type { Problem, WhomToAsk } from '../http/endpoint.ts'

/** The password was right, and the account asks for a code. Somebody who lost the app and the recovery codes is told whom to ask. */
export class CodeNeeded extends ApiProblem {
  readonly whom: WhomToAsk

  constructor(problem: Problem & WhomToAsk) {
    super(problem)
    this.whom = problem
  }
}
