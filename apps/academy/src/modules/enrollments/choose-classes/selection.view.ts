/** What a choice of classes means, while it is made: what stands against each class, and what the choice adds up to. The server decides. */
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import type { read } from './choose-classes.contract.ts'

export type Enrollment = ResponseOf<typeof read>
export type OfferedClass = Enrollment['classes'][number]
type Schedules = OfferedClass['schedules']

/** Why a class cannot be taken together with what is chosen. `other` is the discipline in whose way it would be. */
export type Obstacle =
  | { why: 'full' }
  | { why: 'attending' }
  | { why: 'passed' }
  | { why: 'same-discipline' }
  | { why: 'clash'; other: string }
  | { why: 'clash-kept'; other: string }

const clash = (a: Schedules, b: Schedules) =>
  a.some((one) => b.some((other) => one.day === other.day && one.startAt < other.endAt && other.startAt < one.endAt))

export function obstacleOf(
  each: OfferedClass,
  { classes, kept }: Pick<Enrollment, 'classes' | 'kept'>,
  chosen: ReadonlySet<string>,
): Obstacle | undefined {
  const others = classes.filter(({ id }) => id !== each.id && chosen.has(id))
  if (!each.isSelected && each.held !== null) return { why: each.held }
  if (!each.isSelected && each.enrolled >= each.vacancies) return { why: 'full' }
  if (others.some(({ disciplineId }) => disciplineId === each.disciplineId)) return { why: 'same-discipline' }
  const inKept = kept.find(({ schedules }) => clash(each.schedules, schedules))
  if (inKept) return { why: 'clash-kept', other: inKept.discipline }
  const inChosen = others.find(({ schedules }) => clash(each.schedules, schedules))
  return inChosen && { why: 'clash', other: inChosen.discipline }
}

export function sumUp(classes: readonly OfferedClass[], chosen: ReadonlySet<string>) {
  const taken = classes.filter(({ id }) => chosen.has(id))
  return {
    count: taken.length,
    credits: taken.reduce((sum, { credits }) => sum + credits, 0),
    hours: taken.reduce((sum, { workloadHours }) => sum + workloadHours, 0),
    entered: taken.filter(({ isSelected }) => !isSelected),
    left: classes.filter(({ id, isSelected }) => isSelected && !chosen.has(id)),
  }
}
