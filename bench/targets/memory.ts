import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startContender } from '../contenders/start-contender.ts'
import { atMost } from '../rounds.ts'
import { median } from '../statistics.ts'
import type { TargetGroup } from './target.ts'

const PROGRAM = fileURLToPath(new URL('memory-process.ts', import.meta.url))
const CHUNK = 50_000

/**
 * What one daemon holds after each 50,000 commands, garbage collected: the last third against the first third, after as
 * many to warm up. Flat is: no more than 5 % apart.
 */
export const memory: TargetGroup = {
  names: ['8-memory'],
  async measure({ server, quick, say }) {
    const chunks = (quick ? 300_000 : 2_000_000) / CHUNK
    const url = await server.createDatabase('bench_memory')
    const source = await startContender('cascata', { url, work: 'noop', watchOnly: true })
    const child = fork(PROGRAM, [url], { stdio: ['ignore', 2, 2, 'ipc'] })
    try {
      await once(child, 'message')
      const megabytes: number[] = []
      for (let chunk = 0; chunk <= chunks; chunk++) {
        await source.enqueue(CHUNK)
        await server.withClient(url, async (client) => {
          while (
            (
              await client.query(
                'select 1 from cascata.command_queue union all select 1 from cascata.committed_commands limit 1',
              )
            ).rows.length > 0
          )
            await sleep(100)
        })
        child.send('memory')
        const [bytes] = (await once(child, 'message')) as [number]
        if (chunk > 0) megabytes.push(bytes / 1e6)
        say(`after ${(chunk + 1) * CHUNK} commands: ${(bytes / 1e6).toFixed(1)} MB`)
      }
      const third = Math.ceil(megabytes.length / 3)
      const first = median(megabytes.slice(0, third))
      const growth = (median(megabytes.slice(-third)) / first - 1) * 100
      return [
        { ...atMost('8-memory', 5, growth, '% growth', megabytes), peer: { name: 'MB, first third', median: first } },
      ]
    } finally {
      child.disconnect()
      await source.close()
      await server.dropDatabase('bench_memory')
    }
  },
}
