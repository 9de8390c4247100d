import { expect, test } from 'vitest'
import { isRefusal } from '../../platform/http/refusal.ts'
import { Charge } from './charge.ts'

const by = { id: '019a0000-0000-7000-8000-000000000001', institutionId: '019a0000-0000-7000-8000-000000000002' }
const input = { studentId: '019a0000-0000-7000-8000-000000000003', description: 'Matrícula', amountCents: 15_000 }
const now = new Date('2026-11-24T12:00:00Z')

const created = () => {
  const charge = Charge.create(input, true, by)
  if (isRefusal(charge)) throw new Error(charge.code)
  return charge
}
const told = (over: object = {}) => ({ status: 'paid' as const, amountCents: 15_000, gatewayId: 'ch_1', ...over })
const names = (charge: Charge) => charge.emitted.map(({ name }) => name)

test('asking a student to pay states one fact', () => {
  expect(names(created())).toEqual(['charge.created'])
  expect(created().row()).toMatchObject({ values: { status: 'created', amount_cents: 15_000 }, version: 0 })
})

test('whoever is no student of the institution is refused at the field', () => {
  const refusal = Charge.create(input, false, by)
  expect(isRefusal(refusal) && [refusal.code, refusal.errors[0]?.field]).toEqual(['student-not-found', 'studentId'])
})

test('paid once, however often it is told; the first end stays', () => {
  const charge = created()
  expect(charge.settle(told(), now)).toBeUndefined()
  expect(charge.settle(told(), new Date())).toBeUndefined()
  expect(charge.settle(told({ status: 'refused' }), new Date())).toBeUndefined()
  expect(names(charge)).toEqual(['charge.created', 'charge.paid'])
  expect(charge.row().values).toMatchObject({ status: 'paid', paid_at: now, gateway_id: 'ch_1', reason: null })
})

test('refused by the payer', () => {
  const charge = created()
  charge.settle(told({ status: 'refused' }), now)
  expect(charge.row().values).toMatchObject({ status: 'refused', reason: 'refused-by-payer', paid_at: null })
  expect(names(charge)).toEqual(['charge.created', 'charge.refused'])
})

test.each([
  [{ amountCents: 14_999 }, /14999 centavos; 15000/],
  [{ amountCents: 0 }, /0 centavos/],
])('another amount (%j) pays nothing', (over, words) => {
  const charge = created()
  expect(charge.settle(told(over), now)).toMatch(words)
  expect(charge.row().values.status).toBe('created')
})

test('nor does another charge of the gateway', () => {
  const charge = new Charge(by.institutionId, { ...created().row().values, id: by.id, gateway_id: 'ch_1', version: 2 })
  expect(charge.settle(told({ gatewayId: 'ch_2' }), now)).toMatch('ch_2')
  expect(charge.emitted).toEqual([])
})
