/** A choice of password that gets no answer from the database leaves nothing locked, and no connection in its transaction. */
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Academy, STUDENT, startAcademy } from '../../../test-support/start-academy.ts'
import { waitFor } from '../../../test-support/wait-for.ts'
import { createAccountsService } from './accounts.ts'

let academy: Academy
let owner: pg.Client
beforeAll(async () => {
  academy = await startAcademy()
  owner = new pg.Client(academy.url)
  await owner.connect()
})
afterAll(async () => {
  await owner?.end()
  await academy?.stop()
})

test('a connection that gave no answer goes, and its transaction with it', async () => {
  const token = 'the-hash-of-a-token'
  await owner.query(
    `insert into academy_auth.password_tokens (id, user_id, purpose, token_hash, expires_at)
     select gen_random_uuid(), id, 'reset', $2, now() + interval '1 hour' from academy_auth.users where email = $1`,
    [STUDENT.email, token],
  )
  const pool = new pg.Pool({ connectionString: academy.urls.auth, max: 1, query_timeout: 2_000 })
  pool.on('connect', (client) => void client.on('error', () => {}))
  const accounts = createAccountsService(
    pool,
    async () => 'hashed',
    () => {},
  )
  const lock = (how: string) =>
    owner.query(`select from academy_auth.users where email = $1 for update ${how}`, [STUDENT.email])
  try {
    await owner.query('begin')
    await lock('')
    await expect(accounts.choosePassword(token, 'mangue vermelho na chuva')).rejects.toThrow('Query read timeout')
    await owner.query('rollback')
    expect(pool.totalCount).toBe(0)
    await waitFor('account that nobody has locked', () =>
      lock('nowait').then(
        () => true,
        () => false,
      ),
    )
    // The next one has a connection that works.
    expect(await accounts.choosePassword(token, 'mangue vermelho na chuva')).toMatchObject({ is: 'open' })
  } finally {
    await pool.end()
  }
})
