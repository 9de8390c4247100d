/** Step 2: teachers and students, all invented. They are invited like everybody else, and have no password until they choose one. */
import type { Tx } from 'cascata'
import { institutionClock } from '../../../platform/database/institution-clock.ts'
import { Student } from '../../students/student.ts'
import { Teacher } from '../../teachers/teacher.ts'
import { createUsers } from '../../users/users.queries.ts'
import { distinct, Random } from './random.ts'
import { yearOf } from './seed-calendar.ts'
import type { LaterSeedOrder } from './seed-institution.commands.ts'
import { seedPeople } from './seed-people.ts'
import { agreed, once, saveAll, seedId } from './seed-plan.ts'
import { SEED_SIZES } from './seed-sizes.ts'

export async function seedUsers(tx: Tx, { institutionId, size, seed, periodId }: LaterSeedOrder): Promise<void> {
  await once(tx, institutionId, 'users', async () => {
    const random = new Random(seed, 'users')
    const { teachers, lawStudents, systemsStudents } = SEED_SIZES[size]
    await seedTeachers(tx, institutionId, teachers, random)
    await seedStudents(tx, institutionId, { law: lawStudents, systems: systemsStudents }, periodId, random)
    return { teachers, students: lawStudents + systemsStudents }
  })
}

async function seedTeachers(tx: Tx, institutionId: string, count: number, random: Random): Promise<void> {
  const teachers = seedPeople(random, 'professor', count, institutionId).map((person, index) =>
    Teacher.create(person, institutionId, seedId(institutionId, 'teacher', index)),
  )
  agreed(await createUsers(tx, institutionId, 'teacher', teachers, { invented: true }))
  await saveAll(tx, teachers)
}

async function seedStudents(
  tx: Tx,
  institutionId: string,
  { law, systems }: { law: number; systems: number },
  periodId: string,
  random: Random,
): Promise<void> {
  const { today } = await institutionClock(tx, institutionId)
  const codes = distinct(law + systems, () => random.hex(8))
  const people = seedPeople(random, 'aluno', law + systems, institutionId)
  const students = people.map((person, index) => {
    const course = index < law ? 'direito' : 'ads'
    return agreed(
      Student.create(
        {
          ...person,
          courseOfferingId: seedId(institutionId, 'offering', course),
          enrollmentCode: `${yearOf(periodId)}${codes[index]}`,
        },
        true,
        { institutionId, today },
        seedId(institutionId, 'student', course, course === 'ads' ? index - law : index),
      ),
    )
  })
  agreed(await createUsers(tx, institutionId, 'student', students, { invented: true }))
  await saveAll(tx, students)
}
