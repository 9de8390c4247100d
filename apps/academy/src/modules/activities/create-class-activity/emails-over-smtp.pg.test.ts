import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Academy, startAcademy, startWork, TEACHER, type Work } from '../../../../test-support/start-academy.ts'
import { delivery } from '../follow-delivery/follow-delivery.contract.ts'
import { contract } from './create-class-activity.contract.ts'

let academy: Academy
let work: Work
beforeAll(async () => {
  academy = await startAcademy()
  work = await startWork(academy, {}, { transport: 'smtp' })
})
afterAll(async () => {
  await work?.stop()
  await academy?.stop()
})

test('over SMTP: six messages with six keys, though the first tries were turned away', async () => {
  await work.mailbox.behave({ failNext: 3 })
  const teacher = await academy.signIn(TEACHER)
  const { id } = await teacher.call(contract, {
    classId: academy.classes.six,
    note: 'N1',
    title: 'Modelagem de BD',
    description: 'Entregar o modelo conceitual.',
    type: 'work',
    weight: 10,
    dueDate: academy.demo.period.endAt,
    dueHour: '23:59',
  })
  await work.harness.runUntilIdle()
  await work.harness.clock.advance('5m')
  await work.harness.runUntilIdle()
  expect(await teacher.call(delivery, { activityId: id })).toMatchObject({ state: 'finished', emails: { sent: 6 } })
  const keys = (await work.mailbox.messages()).map(({ key }) => key)
  expect([keys.length, new Set(keys).size]).toEqual([6, 6])
})
