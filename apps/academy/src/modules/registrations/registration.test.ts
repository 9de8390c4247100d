import { expect, test } from 'vitest'
import { Registration, type RegistrationColumns } from './registration.ts'

const now = new Date('2026-03-07T12:00:00Z')
const asked = { email: 'ana@uni.example', demoData: 'S', locale: 'en' } as const
const hashOf = (id: string) => `hash of ${id}`
const columnsOf = (registration: Registration): RegistrationColumns => {
  const { key, values } = registration.row()
  return { ...key, ...values }
}
const first = () => columnsOf(Registration.ask(asked, undefined, hashOf, now))

test('an address that was never heard of: a link for a day, and an institution reserved', () => {
  const registration = Registration.ask(asked, undefined, hashOf, now)
  expect(registration.emitted.map(({ name }) => name)).toEqual(['user.registered'])
  expect(columnsOf(registration)).toMatchObject({
    email: 'ana@uni.example',
    token_hash: hashOf(registration.id),
    demo_data: 'S',
    locale: 'en',
    status: 'pending',
    expires_at: new Date('2026-03-08T12:00:00Z'),
  })
})

test('asked again while it is open: the same link, for a day from then, with what is wished now', () => {
  const earlier = first()
  const later = new Date('2026-03-08T11:59:59Z')
  const again = Registration.ask({ ...asked, demoData: null }, earlier, hashOf, later)
  expect(columnsOf(again)).toEqual({ ...earlier, demo_data: null, expires_at: new Date('2026-03-09T11:59:59Z') })
  expect(again.emitted).toHaveLength(1)
})

test('asked again when it was let go by: another link, another institution', () => {
  const earlier = first()
  const again = columnsOf(Registration.ask(asked, earlier, hashOf, new Date('2026-03-08T12:00:00Z')))
  expect(again.id).not.toBe(earlier.id)
  expect(again.token_hash).not.toBe(earlier.token_hash)
  expect(again.institution_id).not.toBe(earlier.institution_id)
})

test('asked again when it is finished: nothing changes, and the owner is told', () => {
  const earlier = { ...first(), status: 'finished' } as const
  const again = Registration.ask(asked, earlier, hashOf, new Date('2027-01-01T00:00:00Z'))
  expect(columnsOf(again)).toEqual(earlier)
  expect(again.emitted).toHaveLength(1)
})
