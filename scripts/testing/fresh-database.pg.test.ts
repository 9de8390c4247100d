import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase, templateDatabase } from './fresh-database.ts'

const made: FreshDatabase[] = []
afterAll(() => Promise.all(made.map((database) => database.drop())))

async function fresh(options?: { template?: string }) {
  const database = await freshDatabase(options)
  made.push(database)
  return database
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.map((row) => row[0])
  } finally {
    await client.end()
  }
}

test('each call gives an empty database of its own, which drop removes although someone is connected', async () => {
  const [one, two] = await Promise.all([fresh(), fresh()])
  await ask(one.url, 'create table mine ()')
  expect(await ask(two.url, `select to_regclass('mine')`)).toEqual([null])

  const connected = new pg.Client(one.url)
  connected.on('error', () => {}) // the server's goodbye
  await connected.connect()
  await one.drop()
  await expect(ask(one.url, 'select 1')).rejects.toMatchObject({ code: '3D000' })
  await connected.end().catch(() => {})
})

test('a template is built once, though asked for by many at once and left connected, and its copies are apart', async () => {
  let builds = 0
  const leftOpen: pg.Client[] = []
  const build = async (url: string) => {
    builds++
    const client = new pg.Client(url)
    client.on('error', () => {}) // the server's goodbye
    leftOpen.push(client)
    await client.connect()
    await client.query('create table greeting as select 42 as answer')
  }
  const templates = await Promise.all([1, 2, 3].map(() => templateDatabase('built-once', build)))
  expect(builds).toBe(1)

  const [one, two] = await Promise.all(templates.slice(1).map((template) => fresh({ template })))
  await ask(one?.url ?? '', 'delete from greeting')
  expect(await ask(two?.url ?? '', 'select answer from greeting')).toEqual([42])
  await Promise.all(leftOpen.map((client) => client.end().catch(() => {})))
})

test('a template whose build fails leaves nothing behind, and the next caller builds it', async () => {
  const failing = templateDatabase('fails-first', async (url) => {
    await ask(url, 'create table half ()')
    throw new Error('no migration today')
  })
  await expect(failing).rejects.toThrow('no migration today')
  const template = await templateDatabase('fails-first', async () => {})
  const { url } = await fresh({ template })
  expect(await ask(url, `select to_regclass('half')`)).toEqual([null])
})
