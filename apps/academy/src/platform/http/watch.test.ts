import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Watches } from './watch.ts'

test('many followers cost one look, and each sees every change it was there for', async () => {
  const watches = new Watches()
  const leave = new AbortController()
  let value = 0
  let looks = 0
  const look = async () => {
    looks++
    return { value }
  }
  const follow = () => watches.follow('key', 5, look, leave.signal)[Symbol.asyncIterator]()
  const followers = [follow(), follow(), follow()]
  const next = () => Promise.all(followers.map(async (f) => (await f.next()).value))
  expect(await next()).toEqual([{ value: 0 }, { value: 0 }, { value: 0 }])
  value = 1
  expect(await next()).toEqual([{ value: 1 }, { value: 1 }, { value: 1 }])
  const ended = Promise.all(followers.map((f) => f.next()))
  leave.abort()
  expect((await ended).every(({ done }) => done)).toBe(true)
  const after = looks
  await sleep(30)
  expect(looks).toBe(after)
})

test('a look that fails ends those who follow, and the next one starts anew', async () => {
  const watches = new Watches()
  let broken = true
  const look = async () => {
    if (broken) throw new Error('away')
    return 'back'
  }
  const { signal } = new AbortController()
  const follow = () => watches.follow('key', 5, look, signal)[Symbol.asyncIterator]()
  await expect(follow().next()).rejects.toThrow('away')
  broken = false
  expect((await follow().next()).value).toBe('back')
})

test('a look that is not answered ends those who follow as well', async () => {
  const watches = new Watches({ lookMsMax: 20 })
  let silent = true
  const look = () => (silent ? new Promise<string>(() => {}) : Promise.resolve('back'))
  const { signal } = new AbortController()
  const follow = () => watches.follow('key', 5, look, signal)[Symbol.asyncIterator]()
  await expect(follow().next()).rejects.toThrow('The database does not answer.')
  silent = false
  expect((await follow().next()).value).toBe('back')
})
