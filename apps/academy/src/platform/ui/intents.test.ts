import { expect, test } from 'vitest'
import { createIntents } from './intents.ts'

/** Intents with a clock in the test's hand, and a server that keeps the keys that it is sent. */
function given() {
  const clock = { ms: 0 }
  const intents = createIntents(() => clock.ms)
  const keys: string[] = []
  const send = (target: string, content: unknown, answer: () => Promise<string> = async () => 'done') =>
    intents.send(target, content, (key) => {
      keys.push(key)
      return answer()
    })
  const distinct = () => new Set(keys).size
  return { clock, intents, keys, send, distinct }
}

const lost = () => Promise.reject(new Error('no answer'))

test('after an answer that got lost it is sent again with the same key, corrected or not', async () => {
  const { clock, keys, send, distinct } = given()
  await expect(send('/campi', { name: 'Agreste' }, lost)).rejects.toThrow('no answer')
  clock.ms += 60_000
  await expect(send('/campi', { name: 'Agreste' }, lost)).rejects.toThrow('no answer')
  await send('/campi', { name: 'Sertão' })
  expect([keys.length, distinct()]).toEqual([3, 1])
})

test('a second click while it is under way, or within two seconds of the answer, sends nothing', async () => {
  const { clock, intents, keys, send } = given()
  const both = [send('/campi', { name: 'Agreste' }), send('/campi', { name: 'Agreste' })]
  expect(await Promise.all(both)).toEqual(['done', 'done'])
  expect([intents.done(), intents.done()]).toEqual([true, false])
  clock.ms += 1_500
  expect(await send('/campi', { name: 'Agreste' })).toBe('done')
  expect([keys.length, intents.done()]).toEqual([1, false])
})

test('what is sent later, or with other values once it is done, is another intent', async () => {
  const { clock, intents, send, distinct } = given()
  await send('/campi', { name: 'Agreste' })
  expect(intents.done()).toBe(true)
  await send('/campi', { name: 'Sertão' })
  expect(intents.done()).toBe(true)
  clock.ms += 2_001
  await send('/campi', { name: 'Sertão' })
  expect([distinct(), intents.done()]).toEqual([3, true])
})

test('another target is another intent, and so is what is sent after the server refused the key', async () => {
  const { intents, send, distinct } = given()
  await expect(send('/charges/1/try-again', {}, lost)).rejects.toThrow()
  await expect(send('/charges/2/try-again', {}, lost)).rejects.toThrow()
  intents.renew()
  await send('/charges/2/try-again', {})
  expect(distinct()).toBe(3)
})
