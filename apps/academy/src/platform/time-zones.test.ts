import { expect, test } from 'vitest'
import { BRAZILIAN_TIME_ZONES, isTimeZone, otherTimeZones, zoneChoice, zoneInWords } from './time-zones.ts'

test('every zone of Brazil is one, with a time in words', () => {
  // As zone1970.tab of IANA lists them for BR.
  expect(BRAZILIAN_TIME_ZONES).toHaveLength(16)
  for (const zone of BRAZILIAN_TIME_ZONES) {
    expect(isTimeZone(zone), zone).toBe(true)
    expect(zoneInWords(zone, 'pt-BR'), zone).toMatch(/^horário d[eo] /)
    expect(zoneInWords(zone, 'en'), zone).toMatch(/ time$/)
  }
})

test.each([
  ['America/Sao_Paulo', 'horário de Brasília', 'Brasília time'],
  ['America/Rio_Branco', 'horário do Acre', 'Acre time'],
  ['America/Cuiaba', 'horário do Amazonas', 'Amazonas time'],
  ['Europe/London', 'horário Reino Unido', 'United Kingdom Time'],
])('%s is %s', (zone, pt, en) => {
  expect([zoneInWords(zone, 'pt-BR'), zoneInWords(zone, 'en')]).toEqual([pt, en])
})

test.each(['America/Sao Paulo', 'america/sao_paulo', '+03:00', 'Mars/Olympus', ''])('%j is no zone', (name) => {
  expect(isTimeZone(name)).toBe(false)
})

test('a zone is chosen by a place and its time; all others are there too', () => {
  expect(zoneChoice('America/Rio_Branco', 'pt-BR').label).toBe('Rio Branco · horário do Acre')
  expect(zoneChoice('America/New_York', 'en').label).toMatch(/^America\/New York · /)
  expect(otherTimeZones()).toContain('Europe/Lisbon')
})

test('the time of a Brazilian zone in words is the time of its clock', () => {
  const at = (timeZone: string) =>
    new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(Date.UTC(2031, 5, 1, 12))
  const hours = new Map(BRAZILIAN_TIME_ZONES.map((zone) => [zoneInWords(zone, 'pt-BR'), at(zone)]))
  expect(Object.fromEntries(hours)).toEqual({
    'horário de Brasília': '09:00',
    'horário do Amazonas': '08:00',
    'horário do Acre': '07:00',
    'horário de Fernando de Noronha': '10:00',
  })
  for (const zone of BRAZILIAN_TIME_ZONES) expect(at(zone), zone).toBe(hours.get(zoneInWords(zone, 'pt-BR')))
})
