import { expect, test } from 'vitest'
import { DevPostgresError, startPostgres } from './index.ts'

test.each(['listen_addresses', ' LISTEN_ADDRESSES', 'unix_socket_directories', 'hba_file', 'port'])(
  'the setting %s is refused before anything starts',
  async (name) => {
    const started = startPostgres({ dataDir: '/nowhere/at/all', settings: { [name]: '*' } })
    await expect(started).rejects.toBeInstanceOf(DevPostgresError)
    await expect(started).rejects.toMatchObject({ code: 'reserved-setting', fix: expect.any(String) })
  },
)
