/** An institution whose staff look after people: with a term, the daemon, and the mail that people get. */
import { contract as createStudent } from '../src/modules/students/create-student/create-student.contract.ts'
import { type Academy, type SignedIn, startAcademy, startWork, type Work } from './start-academy.ts'
import { startTerm } from './start-term.ts'

export type People = {
  academy: Academy
  work: Work
  staff: SignedIn
  /** An address of nobody yet. */
  newAddress: (name: string) => string
  /** Invited already. */
  newStudent: (name: string, email?: string) => Promise<{ id: string; name: string; email: string }>
  /** The token of the link for a password in the newest message to somebody. */
  tokenTo: (email: string) => Promise<string>
  post: (path: string, body: unknown, cookie?: string) => Promise<Response>
  choosePassword: (token: string, password: string) => Promise<Response>
  rows: <R extends object>(sql: string, values?: unknown[]) => Promise<R[]>
  stop(): Promise<void>
}

export async function startPeople(): Promise<People> {
  const academy = await startAcademy()
  const work = await startWork(academy)
  const { staff, offeringId: courseOfferingId } = await startTerm(academy)
  let number = 0
  const newAddress = (name: string) => `${name}.${++number}@uni.example`
  const post = (path: string, body: unknown, cookie = '') =>
    academy.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': 'en', ...(cookie ? { cookie } : {}) },
      body: JSON.stringify(body),
    })
  return {
    academy,
    work,
    staff,
    newAddress,
    newStudent: async (name, email = newAddress('aluna')) => {
      const student = await staff.call(createStudent, { name, email, courseOfferingId })
      await work.harness.runUntilIdle()
      return student
    },
    tokenTo: async (email) =>
      /choose-password\?token=([\w-]+)/.exec((await work.mailbox.newestTo(email)).text)?.[1] ?? '',
    post,
    choosePassword: (token, password) => post('/passwords', { token, password }),
    rows: async <R extends object>(sql: string, values: unknown[] = []) =>
      (await work.harness.pool.query<R>(sql, values)).rows,
    stop: async () => {
      await work.stop()
      await academy.stop()
    },
  }
}
