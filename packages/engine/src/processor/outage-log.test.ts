import { expect, test } from 'vitest'
import { until } from '../../test-support/until.ts'
import { createOutageLog } from './outage-log.ts'

const away = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })

function start(answers: () => boolean | Promise<boolean>) {
  const lines: string[] = []
  return { lines, heard: createOutageLog({ answers, print: (line) => lines.push(line), everyMs: 5 }) }
}

const OVER = /^the database answers again, after \d+\.\d s; errors meanwhile: (\d+)$/

test('an outage is told once when it begins, and once when it is over, with its errors', async () => {
  let answers = false
  const { lines, heard } = start(() => answers)
  for (const error of [away(), away(), new Error('Failed to get session', { cause: away() })]) {
    expect(heard(error)).toBe(true)
  }
  expect(lines).toEqual(['the database does not answer: connect ECONNREFUSED'])
  answers = true
  await until(() => lines.length > 1, 'it is told to be over')
  expect(OVER.exec(lines[1] ?? '')?.[1]).toBe('3')
  expect(heard(away())).toBe(true)
  expect(lines).toHaveLength(3)
})

test('other errors are nobody’s outage', () => {
  const { lines, heard } = start(() => true)
  expect(heard(new Error('a mistake'))).toBe(false)
  expect(heard(Object.assign(new Error('duplicate key'), { code: '23505', severity: 'ERROR' }))).toBe(false)
  expect(lines).toEqual([])
})

test('while errors go on it is the same outage, whatever answers meanwhile', async () => {
  let asked = 0
  const { lines, heard } = start(() => {
    asked++
    if (asked < 10) heard(away())
    return true
  })
  heard(away())
  await until(() => lines.length > 1, 'it is over')
  expect(OVER.exec(lines[1] ?? '')?.[1]).toBe('10')
})

test('a question that fails is no answer', async () => {
  let asked = 0
  const { lines, heard } = start(() => {
    asked++
    if (asked < 5) throw away()
    return Promise.resolve(true)
  })
  heard(away())
  await until(() => lines.length > 1, 'it is over')
  expect(asked).toBeGreaterThanOrEqual(5)
})
