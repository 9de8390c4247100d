/** How far a student has come. Weighed in hours, which is what a course asks for. */
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import type { contract } from './own-curriculum.contract.ts'

export type OwnDiscipline = ResponseOf<typeof contract>['disciplines'][number]

/** `done`: approved or exempt. What was failed is to be done again, so it is `open`, as what was never begun. */
export type Stage = 'done' | 'current' | 'open'

export function stageOf({ status }: Pick<OwnDiscipline, 'status'>): Stage {
  if (status === 'approved' || status === 'exempt') return 'done'
  return status === 'enrolled' ? 'current' : 'open'
}

export function progressOf(disciplines: readonly OwnDiscipline[]) {
  const of = (stage: Stage | 'all') => {
    const some = disciplines.filter((each) => stage === 'all' || stageOf(each) === stage)
    return {
      disciplines: some.length,
      credits: some.reduce((sum, { credits }) => sum + credits, 0),
      hours: some.reduce((sum, { workloadHours }) => sum + workloadHours, 0),
    }
  }
  return { done: of('done'), current: of('current'), all: of('all') }
}
