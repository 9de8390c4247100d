/** What the API says instead of a success: RFC 9457, with a code that pages word. */
import { isDatabaseTimeout, isOutage } from 'cascata'
import type { z } from 'zod'
import { type FieldError, PROBLEMS, type Problem, type ProblemCode } from '../contract/index.ts'

const TITLES: Record<ProblemCode, string> = {
  'malformed-request': 'The request cannot be read.',
  unauthenticated: 'Nobody is signed in.',
  'wrong-role': 'Your role may not do this.',
  'wrong-origin': 'Another site asked for this change.',
  'not-found': 'There is no such record.',
  'not-finished': 'The command has not finished; only one that failed, was cancelled or is unknown can be reprocessed.',
  'already-succeeded': 'The command, or a copy of it, has succeeded.',
  'reprocess-open': 'A copy of this command is already under way.',
  'changed-meanwhile': 'The command was reprocessed since you looked at it.',
  'too-large': 'The request is too large.',
  'unsupported-media-type': 'The body must be application/json.',
  'invalid-input': 'Some fields are not right.',
  internal: 'Something went wrong here.',
  unavailable: 'The database cannot be reached.',
  'took-too-long': 'The database took too long: narrow the filters or the range of time.',
}

/** Thrown by endpoints for a refusal. */
export class Refused extends Error {
  readonly code: ProblemCode
  readonly errors: FieldError[] | undefined

  constructor(code: ProblemCode, errors?: FieldError[]) {
    super(code)
    this.code = code
    this.errors = errors
  }
}

export function problem(code: ProblemCode, errors?: readonly FieldError[]): Response {
  const body: Problem = {
    type: 'about:blank',
    title: TITLES[code],
    status: PROBLEMS[code],
    detail: TITLES[code],
    code,
    ...(errors ? { errors: [...errors] } : {}),
  }
  return new Response(JSON.stringify(body), {
    status: PROBLEMS[code],
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  })
}

export function fieldErrors(issues: readonly z.core.$ZodIssue[], under: readonly PropertyKey[] = []): FieldError[] {
  return issues.map((issue) => ({
    field: [...under, ...issue.path].map(String).join('.'),
    code: /^[a-z-]+$/.test(issue.message) ? issue.message : issue.code.replaceAll('_', '-'),
    message: issue.message,
  }))
}

/** Which problem an unexpected error is. */
export function problemOfError(error: unknown): ProblemCode {
  if (isDatabaseTimeout(error)) return 'took-too-long'
  return isOutage(error) ? 'unavailable' : 'internal'
}
