/** GET /health: up only when every part is; what people and supervisors ask. */
import type { Context } from 'hono'

export type Check = () => Promise<void>
export type Health = { status: 'up' | 'down'; parts: Record<string, { status: 'up' | 'down'; reason?: string }> }

const CHECK_MS_MAX = 2_000

async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), CHECK_MS_MAX)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}

async function healthOf(checks: Record<string, Check>): Promise<Health> {
  const parts = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await inTime(check())
        return [name, { status: 'up' }] as const
      } catch (error) {
        return [name, { status: 'down', reason: error instanceof Error ? error.message : String(error) }] as const
      }
    }),
  )
  return {
    status: parts.every(([, { status }]) => status === 'up') ? 'up' : 'down',
    parts: Object.fromEntries(parts),
  }
}

/** @param maySeeParts reasons name hosts and ports of ours: everybody else is told up or down, and no more. */
export const healthRoute =
  (checks: Record<string, Check>, maySeeParts: (c: Context) => Promise<boolean>) => async (c: Context) => {
    // Both at once: each may have to wait for the database.
    const [{ status, parts }, may] = await Promise.all([healthOf(checks), inTime(maySeeParts(c)).catch(() => false)])
    const told = may ? { status, parts } : { status }
    return c.json(told, status === 'up' ? 200 : 503, { 'cache-control': 'no-store' })
  }
