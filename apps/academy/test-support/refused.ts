import { ApiProblem } from '../src/platform/http/client.ts'

/** How a request was refused, e.g. `409 class-full`; `done` when it was not. */
export const refusedAs = async (answer: Promise<unknown>): Promise<string> => (await refusedParts(answer))[0] ?? ''

/** The same, and each thing that is wrong: `courses.1 course-not-found`. */
export async function refusedParts(answer: Promise<unknown>): Promise<string[]> {
  try {
    await answer
    return ['done']
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    const { status, code, errors } = error
    return [`${status} ${code}`, ...errors.map((each) => `${each.field} ${each.code}`)]
  }
}
