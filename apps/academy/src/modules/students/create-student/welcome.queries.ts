import type { Tx } from 'cascata'

export type EnteredCourse = { enrollmentCode: string; course: string }

/** What the welcome says of a student. */
export async function enteredCourse(
  tx: Tx,
  institutionId: string,
  studentId: string,
): Promise<EnteredCourse | undefined> {
  const { rows } = await tx.query<EnteredCourse>(
    `select s.enrollment_code as "enrollmentCode", c.name as course
     from academy.students s
     join academy.course_offerings o on o.institution_id = s.institution_id and o.id = s.course_offering_id
     join academy.courses c on c.institution_id = o.institution_id and c.id = o.course_id
     where s.institution_id = $1 and s.id = $2`,
    [institutionId, studentId],
  )
  return rows[0]
}
