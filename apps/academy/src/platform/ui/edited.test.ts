import { expect, test } from 'vitest'
import { differing } from './edited.ts'

const opened = { name: 'Agreste', city: 'Caruaru', events: ['a'] }

test('what somebody else changed is told, and whether something else was typed there', () => {
  const stands = { name: 'Vale', city: 'Petrolina', events: ['a'] }
  expect(differing(opened, stands, { name: 'Sertão', events: ['b'] }, {})).toEqual([
    { field: 'name', now: 'Vale', isKept: true },
    { field: 'city', now: 'Petrolina', isKept: false },
  ])
})

test('typed alike is no difference; a list is compared by what it holds, and said in words', () => {
  const stands = { ...opened, name: 'Vale', events: ['a', 'b'] }
  const says = { events: (events: string[]) => events.join(' and ') }
  expect(differing(opened, stands, { name: 'Vale' }, says)).toEqual([
    { field: 'name', now: 'Vale', isKept: false },
    { field: 'events', now: 'a and b', isKept: false },
  ])
  expect(differing(opened, { ...opened, events: ['a'] }, {}, says)).toEqual([])
})
