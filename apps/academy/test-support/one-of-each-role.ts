import { type Academy, SERRA, type SignedIn, STUDENT, TEACHER } from './start-academy.ts'

/** Signed in, of one institution, by role. */
export async function oneOfEachRole(academy: Academy): Promise<Record<string, SignedIn>> {
  return {
    staff: await academy.signIn(SERRA.staff),
    teacher: await academy.signIn(TEACHER),
    student: await academy.signIn(STUDENT),
  }
}
