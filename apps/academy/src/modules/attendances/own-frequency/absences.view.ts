/** How many more lessons a student can miss. */

export interface Attendance {
  present: number
  records: number
  pendingLessons: number
}

/**
 * Absences that are left before the frequency ends below the limit, if every lesson still to come is given; negative when
 * there are too many already. Exactly at the limit is enough.
 */
export function absencesLeft({ present, records, pendingLessons }: Attendance, frequencyLimit: number): number {
  const lessons = records + pendingLessons
  // In hundredths of a lesson: 0.1 + 0.2 must not cost a student a lesson.
  const neededPresent = Math.ceil(Math.round(lessons * frequencyLimit * 100) / 10_000)
  return lessons - neededPresent - (records - present)
}
