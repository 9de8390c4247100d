import { expect, test } from 'vitest'
import { type OwnDiscipline, progressOf } from './curriculum-progress.view.ts'

const discipline = (status: OwnDiscipline['status'], workloadHours = 72): OwnDiscipline => ({
  id: status,
  name: status,
  period: 1,
  credits: 4,
  workloadHours,
  status,
})

test('approved and exempt are done, failed is to be done again', () => {
  const { done, current, all } = progressOf([
    discipline('approved'),
    discipline('exempt', 30),
    discipline('enrolled'),
    discipline('failed-by-note'),
    discipline('failed-by-frequency'),
    discipline('pending', 60),
  ])
  expect(done).toEqual({ disciplines: 2, credits: 8, hours: 102 })
  expect(current).toEqual({ disciplines: 1, credits: 4, hours: 72 })
  expect(all).toEqual({ disciplines: 6, credits: 24, hours: 378 })
})
