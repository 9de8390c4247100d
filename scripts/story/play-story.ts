/**
 * The story of ARCHITECTURE.md, played against a running system from outside: a teacher publishes an activity over HTTP, and
 * everything that should follow is looked for, in the database and at the mail service.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Running } from '../start/running-file.ts'
import { type Kill, killDaemon } from './kill-daemon.ts'
import { Mailbox } from './mailbox.ts'
import type { StoryOptions } from './options.ts'
import { type Facts, Record } from './record.ts'
import { makeClass, publish, signIn } from './teacher.ts'

const LOOK_EVERY_MS = 200
/** Calls that a kill cut off wait for their timeout, and retries grow to minutes. */
const SILENCE_MAX_MS = 5 * 60_000
/** Of the kills, how many must have hit claimed work. */
const HITS_MIN = 0.75

export interface Story {
  students: number
  events: number
  commands: number
  batches: number
  notifications: number
  recipients: number
  /** Distinct messages that the mail service accepted. */
  messages: number
  /** Of e-mails, by the database. */
  attempts: number
  retries: number
  secondsToLastEmail: number
  secondsToTeacherNotice: number
  kills?: { count: number; hits: number; medianResumeMs: number; maxResumeMs: number }
  ok: boolean
}

export interface Played {
  story: Story
  /** What does not hold; empty when all does. */
  problems: string[]
}

export interface PlayOptions extends StoryOptions {
  running: () => Promise<Running>
  dataDir: string
  /** For people: what happens now. */
  onProgress: (sent: number) => void
  onNote: (text: string) => void
}

export async function playStory(o: PlayOptions, signal: AbortSignal): Promise<Played> {
  const { url, databaseUrl, mailboxUrl } = await o.running()
  o.onNote(`Making a class of ${o.students} students`)
  const demo = await makeClass({ ...o, databaseUrl }, signal)
  const mailbox = new Mailbox(mailboxUrl)
  const record = new Record(databaseUrl, demo.institutionId)
  const restore = await mailbox.failPercent(o.fail, o.seed)
  try {
    const cookie = await signIn(url, demo.teacher, signal)
    o.onNote(`${demo.teacher.email} publishes an activity`)
    const { id, workflowId } = await publish(url, cookie, demo, signal)
    const story = { record, root: workflowId, activityId: id }
    const killing = killDaemon(
      {
        ...story,
        kills: o.kill,
        seed: o.seed,
        students: o.students,
        running: o.running,
        onKill: ({ hit, resumedAfterMs }) =>
          o.onNote(
            `Daemon killed${hit ? ' with work in its hands' : ' idle'}; resumed after ${Math.round(resumedAfterMs)} ms`,
          ),
      },
      signal,
    )
    killing.catch(() => {}) // awaited below
    await followToEnd(o, story, signal)
    const kills = await killing
    const facts = await record.facts(workflowId, id)
    return judge(o, facts, await mailbox.countsOf(facts.keys), kills)
  } finally {
    await restore()
    await record.close()
  }
}

async function followToEnd(
  o: PlayOptions,
  { record, root, activityId }: { record: Record; root: string; activityId: string },
  signal: AbortSignal,
): Promise<void> {
  let before = -1
  let movedMs = performance.now()
  for (;;) {
    const { sent, told, idle } = await record.progress(root, activityId)
    if (sent !== before) {
      before = sent
      movedMs = performance.now()
      o.onProgress(sent)
    }
    if (told && idle) return
    if (performance.now() - movedMs > SILENCE_MAX_MS) {
      throw new Error(
        `Nothing has moved for ${SILENCE_MAX_MS / 60_000} minutes, after ${sent} of ${o.students} e-mails.`,
      )
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal })
  }
}

function judge(o: StoryOptions, facts: Facts, mail: { messages: number; attempts: number }, kills: Kill[]): Played {
  const { students } = o
  const { events, commands, batches, notifications, recipients, attempts } = facts
  const problems: string[] = []
  const expect = (what: string, found: number, wanted: number) => {
    if (found !== wanted) problems.push(`${what}: ${found}, and should be ${wanted}`)
  }
  expect('events', events, 1)
  expect('commands', commands, students + 2)
  expect('batches', batches, 1)
  expect('notifications', notifications, 2)
  expect('recipients', recipients, students + 1)
  expect('messages at the mail service', mail.messages, students)
  expect('idempotency keys', facts.keys.length, students)
  expect('e-mail commands that succeeded', facts.succeeded, students)
  expect('batches released', facts.releases, 1)
  expect('commands released by the batch', facts.nextCommands, 1)
  expect('successes of the released command', facts.nextSuccesses, 1)
  // A claim that a kill cut off is an attempt too, and may not have reached the mail service.
  if (o.kill === 0) expect('attempts at the mail service', mail.attempts, attempts)

  const resumes = kills.map(({ resumedAfterMs }) => resumedAfterMs).toSorted((a, b) => a - b)
  const hits = kills.filter(({ hit }) => hit).length
  if (o.kill > 0) {
    expect('kills', kills.length, o.kill)
    if (hits < Math.floor(o.kill * HITS_MIN)) problems.push(`kills that hit claimed work: only ${hits} of ${o.kill}`)
    const slow = resumes.filter((ms) => ms > o.resume * 1_000).map((ms) => `${Math.round(ms)} ms`)
    if (slow.length > 0) problems.push(`work resumed late: ${slow.join(', ')}`)
  }
  const round = (number: number) => Math.round(number * 1000) / 1000
  return {
    problems,
    story: {
      students,
      events,
      commands,
      batches,
      notifications,
      recipients,
      messages: mail.messages,
      attempts,
      retries: attempts - students,
      secondsToLastEmail: round(facts.secondsToLastEmail),
      secondsToTeacherNotice: round(facts.secondsToTeacherNotice),
      ...(o.kill > 0
        ? {
            kills: {
              count: kills.length,
              hits,
              medianResumeMs: Math.round(resumes[Math.floor(resumes.length / 2)] ?? 0),
              maxResumeMs: Math.round(resumes.at(-1) ?? 0),
            },
          }
        : {}),
      ok: problems.length === 0,
    },
  }
}
