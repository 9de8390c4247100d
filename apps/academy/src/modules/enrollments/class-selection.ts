/**
 * The classes that a student chooses for a term. What was chosen before is replaced, but only among the classes that are on
 * offer now: those of other periods, started or not, stay. Rules: the window is open, each class is on offer, has a seat
 * left, its discipline is neither attended in another class nor passed, no discipline comes twice, and no two lessons of a
 * week are at the same time.
 */
import { badIds, notFound, type Refusal, refuse, refuseItems } from '../../platform/http/refusal.ts'
import type { Schedule } from '../classes/class.fields.ts'
import { clash } from '../classes/classes.queries.ts'
import type { HeldDiscipline } from './enrollment.fields.ts'

export type OfferedClass = {
  id: string
  disciplineId: string
  vacancies: number
  /** Who has a seat, this student included. */
  enrolled: number
  /** By this student, until now. */
  selected: boolean
  /** The student's standing in its discipline, by their other classes; null when nothing is in the way. */
  held: HeldDiscipline | null
  schedules: readonly Schedule[]
}

export type SelectionChange = { enter: string[]; leave: string[] }

/**
 * @param offered all classes that are on offer to the student, read while the rows of those selected are locked.
 * @param kept schedules of the student's classes that this selection does not touch, in the same months.
 */
export function selectClasses(
  classIds: readonly string[],
  open: boolean,
  offered: readonly OfferedClass[],
  kept: readonly Schedule[],
): SelectionChange | Refusal {
  if (!open) {
    return notFound('enrollment-period-not-found', {
      en: 'No enrollment period is open.',
      pt: 'Nenhum período de matrícula está aberto.',
    })
  }
  const byId = new Map(offered.map((each) => [each.id, each]))
  const bad = badIds(classIds, new Set(byId.keys()), {
    unknown: refuse('class-not-offered', {
      because: 'conflict',
      message: { en: 'This class is not on offer to you.', pt: 'Esta turma não está disponível para você.' },
    }),
    repeated: refuse('invalid-classes-list', {
      message: { en: 'This class is listed twice.', pt: 'Esta turma está repetida.' },
    }),
  })
  if (bad.length > 0) return refuseItems('classes', bad) as Refusal
  const chosen = classIds.flatMap((id) => byId.get(id) ?? [])
  const refused = chosen.flatMap((each, index) => {
    const others = chosen.filter((other) => other !== each)
    const refusal =
      heldRefusal(each) ?? seatRefusal(each) ?? disciplineRefusal(each, others) ?? clashRefusal(each, others, kept)
    return refusal ? [{ index, id: each.id, refusal }] : []
  })
  const refusal = refuseItems('classes', refused)
  if (refusal) return refusal
  const wanted = new Set(classIds)
  return {
    enter: chosen.filter(({ selected }) => !selected).map(({ id }) => id),
    leave: offered.filter(({ id, selected }) => selected && !wanted.has(id)).map(({ id }) => id),
  }
}

/** A seat that was given before stays. */
function heldRefusal({ selected, held }: OfferedClass): Refusal | undefined {
  if (selected || held === null) return undefined
  return held === 'passed'
    ? refuse('discipline-already-passed', {
        because: 'conflict',
        message: { en: 'You have passed this discipline already.', pt: 'Você já foi aprovado nesta disciplina.' },
      })
    : alreadyAttending()
}

export const alreadyAttending = () =>
  refuse('discipline-already-attending', {
    because: 'conflict',
    message: {
      en: 'You attend another class of this discipline.',
      pt: 'Você já cursa outra turma desta disciplina.',
    },
  })

function seatRefusal({ selected, enrolled, vacancies }: OfferedClass): Refusal | undefined {
  if (selected || enrolled < vacancies) return undefined
  return refuse('class-full', {
    because: 'conflict',
    message: {
      en: vacancies === 1 ? 'The only seat is taken.' : `All ${vacancies} seats are taken.`,
      pt: vacancies === 1 ? 'A única vaga está ocupada.' : `Todas as ${vacancies} vagas estão ocupadas.`,
    },
  })
}

function disciplineRefusal(each: OfferedClass, others: readonly OfferedClass[]): Refusal | undefined {
  if (!others.some(({ disciplineId }) => disciplineId === each.disciplineId)) return undefined
  return refuse('discipline-selected-twice', {
    because: 'conflict',
    message: {
      en: 'You chose another class of the same subject.',
      pt: 'Você escolheu outra turma da mesma disciplina.',
    },
  })
}

function clashRefusal(
  each: OfferedClass,
  others: readonly OfferedClass[],
  kept: readonly Schedule[],
): Refusal | undefined {
  const taken = [...others.flatMap(({ schedules }) => schedules), ...kept]
  if (!each.schedules.some((schedule) => taken.some((other) => clash(schedule, other)))) return undefined
  return refuse('conflicting-schedules', {
    because: 'conflict',
    message: {
      en: 'It is at the same time as another of your classes.',
      pt: 'O horário conflita com outra turma sua.',
    },
  })
}
