/** How many of what, by size. S is what the description tells; M and L have the same shape, for measuring. */
import type { DemoSize } from '../institution.fields.ts'

export type SeedSize = {
  teachers: number
  /** Four of ten read law, six of ten systems. */
  lawStudents: number
  systemsStudents: number
  /** Of each of the six disciplines. Each has its own students. */
  sections: number
  vacancies: readonly number[]
}

export const SEED_SIZES: Record<DemoSize, SeedSize> = {
  S: { teachers: 4, lawStudents: 4, systemsStudents: 6, sections: 1, vacancies: [25, 30, 35] },
  M: { teachers: 12, lawStudents: 120, systemsStudents: 180, sections: 6, vacancies: [30, 35] },
  L: { teachers: 120, lawStudents: 1_200, systemsStudents: 1_800, sections: 60, vacancies: [30, 35] },
}
