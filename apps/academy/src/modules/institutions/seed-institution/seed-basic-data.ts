/** Step 1: academic periods, campi, courses, disciplines, curricula, offerings. */
import { save, type Tx } from 'cascata'
import { institutionClock } from '../../../platform/database/institution-clock.ts'
import { Campus } from '../../campi/campus.ts'
import { Course } from '../../courses/course.ts'
import type { CurriculumDiscipline } from '../../curricula/course-curriculum.fields.ts'
import { CourseCurriculum } from '../../curricula/course-curriculum.ts'
import { Discipline } from '../../disciplines/discipline.ts'
import { CourseOffering } from '../../offerings/course-offering.ts'
import { AcademicPeriod } from '../../periods/academic-period.ts'
import { distinct, Random } from './random.ts'
import { periodsOf, seededPeriodOn, yearOf } from './seed-calendar.ts'
import { CAMPI, COURSES, CURRICULA, type SeedCurriculum } from './seed-catalogue.ts'
import type { SeedOrder } from './seed-institution.commands.ts'
import { agreed, once, saveAll, seedId } from './seed-plan.ts'

/** @returns the academic period that the other steps are about. */
export async function seedBasicData(tx: Tx, { institutionId, seed }: SeedOrder): Promise<string> {
  const { today } = await institutionClock(tx, institutionId)
  const { id: periodId } = seededPeriodOn(today)
  const periods = periodsOf(yearOf(periodId))
  await once(tx, institutionId, 'basic-data', async () => {
    const random = new Random(seed, 'basic-data')
    await saveAll(tx, [
      ...periods.map((period) => agreed(AcademicPeriod.create(period, institutionId))),
      ...CAMPI.map(({ key, ...campus }) => Campus.create(campus, institutionId, seedId(institutionId, 'campus', key))),
      ...COURSES.map(({ key, ...course }) =>
        Course.create(course, institutionId, seedId(institutionId, 'course', key)),
      ),
    ])
    let disciplines = 0
    for (const curriculum of CURRICULA) {
      disciplines += await seedCurriculum(tx, institutionId, curriculum, random)
      await seedOffering(tx, institutionId, curriculum.course, periodId)
    }
    return {
      periods: periods.length,
      campi: CAMPI.length,
      courses: COURSES.length,
      disciplines,
      curricula: CURRICULA.length,
      offerings: CURRICULA.length,
    }
  })
  return periodId
}

async function seedCurriculum(
  tx: Tx,
  institutionId: string,
  { course, name, periods }: SeedCurriculum,
  random: Random,
): Promise<number> {
  const courseId = seedId(institutionId, 'course', course)
  const lines = periods.flatMap((period, index) => period.map((line) => ({ period: index + 1, line })))
  const codes = distinct(lines.length, () => random.hex(8))
  const disciplines: CurriculumDiscipline[] = lines.map(({ period, line: [title, credits, workloadHours] }) => ({
    id: seedId(institutionId, 'discipline', course, title),
    period,
    credits,
    workloadHours,
  }))
  await saveAll(
    tx,
    lines.map(({ line: [title] }, index) =>
      Discipline.create({ name: title, code: codes[index] as string }, institutionId, disciplines[index]?.id),
    ),
  )
  const curriculumId = seedId(institutionId, 'curriculum', course)
  await saveCurriculum(tx, institutionId, { id: curriculumId, name, courseId, disciplines })
  return lines.length
}

type SavedCurriculum = { id: string; name: string; courseId: string; disciplines: readonly CurriculumDiscipline[] }

/** With its disciplines, which are the course's from then on. */
export async function saveCurriculum(
  tx: Tx,
  institutionId: string,
  { id: curriculumId, name, courseId, disciplines }: SavedCurriculum,
): Promise<void> {
  const ids = disciplines.map(({ id }) => id)
  await tx.query(
    `insert into academy.course_disciplines (institution_id, course_id, discipline_id) select $1, $2, unnest($3::uuid[])`,
    [institutionId, courseId, ids],
  )
  const curriculum = agreed(
    CourseCurriculum.create({ name, courseId, disciplines }, new Set(ids), institutionId, curriculumId),
  )
  await save(tx, curriculum)
  await tx.query(
    `insert into academy.curriculum_disciplines
       (institution_id, curriculum_id, course_id, discipline_id, period, credits, workload_hours)
     select $1, $2, $3, * from unnest($4::uuid[], $5::smallint[], $6::smallint[], $7::smallint[])`,
    [
      institutionId,
      curriculumId,
      courseId,
      ids,
      disciplines.map(({ period }) => period),
      disciplines.map(({ credits }) => credits),
      disciplines.map(({ workloadHours }) => workloadHours),
    ],
  )
}

async function seedOffering(tx: Tx, institutionId: string, course: SeedCurriculum['course'], periodId: string) {
  const courseId = seedId(institutionId, 'course', course)
  const offering = CourseOffering.create(
    {
      campusId: seedId(institutionId, 'campus', 'agreste'),
      courseId,
      curriculumId: seedId(institutionId, 'curriculum', course),
      periodId,
      shift: 'night',
    },
    { campus: true, course: true, curriculum: { courseId }, period: true },
    institutionId,
    seedId(institutionId, 'offering', course),
  )
  await save(tx, agreed(offering))
}
