/** Kills the Daemon in the middle of its work, at moments that the seed decides. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Running } from '../start/running-file.ts'
import type { Record } from './record.ts'

/** Later than this, most of what is left waits for the timeout of calls that a kill cut off, and nothing could resume. */
const LAST_MOMENT = 0.6
const WAIT_MAX_MS = 25
const LOOK_EVERY_MS = 20
/** The database says when it was: looking more often would only slow down what is waited for. */
const RESUMED_LOOK_EVERY_MS = 200
/** A resumption that takes longer than this is not waited for: it is a failure. */
const RESUME_WITHIN_MS = 60_000

export interface Kill {
  /** The Daemon held at least one command or event. */
  hit: boolean
  /** From the kill to the next attempt that ended, on another daemon. */
  resumedAfterMs: number
}

export interface KillOptions {
  kills: number
  seed: number
  students: number
  running: () => Promise<Running>
  record: Record
  root: string
  activityId: string
  onKill: (kill: Kill) => void
}

export async function killDaemon(o: KillOptions, signal: AbortSignal): Promise<Kill[]> {
  const random = seededRandom(o.seed)
  const moments = Array.from({ length: o.kills }, () => random() * LAST_MOMENT * o.students).toSorted((a, b) => a - b)
  const kills: Kill[] = []
  const dead: string[] = []
  for (const moment of moments) {
    let waitMs = random() * WAIT_MAX_MS
    let victim: { pid: number; daemon: string } | undefined
    while (!victim) {
      const { sent, idle } = await o.record.progress(o.root, o.activityId)
      if (idle) return kills // it was over before its turn
      if (sent >= moment) {
        await sleep(waitMs, undefined, { signal })
        waitMs = 0
        victim = await busyDaemon(o)
      }
      if (!victim) await sleep(LOOK_EVERY_MS, undefined, { signal })
    }
    const { pid, daemon } = victim
    const at = await o.record.now()
    process.kill(pid, 'SIGKILL')
    dead.push(daemon)
    const hit = (await o.record.heldBy(daemon)) > 0
    const resumedAfterMs = await resumption(o, at, dead, signal)
    const kill = { hit, resumedAfterMs }
    kills.push(kill)
    o.onKill(kill)
  }
  return kills
}

/** The Daemon, once it holds work. What a dead one left behind does not count. */
async function busyDaemon({ running, record }: KillOptions): Promise<{ pid: number; daemon: string } | undefined> {
  const pid = (await running()).processes['Daemon']
  const daemon = pid && (await record.daemonOf(pid))
  return pid && daemon && (await record.heldBy(daemon)) > 0 ? { pid, daemon } : undefined
}

async function resumption(o: KillOptions, at: Date, dead: string[], signal: AbortSignal): Promise<number> {
  for (const untilMs = performance.now() + RESUME_WITHIN_MS; performance.now() < untilMs; ) {
    const ms = await o.record.resumedAfterMs(o.root, at, dead)
    if (ms !== undefined) return ms
    await sleep(RESUMED_LOOK_EVERY_MS, undefined, { signal })
  }
  return Number.POSITIVE_INFINITY
}

/** 0 ≤ n < 1, the same for the same seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
