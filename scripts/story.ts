/**
 * `npm run story`: plays the story against the system that runs here, or one of its own that is gone afterwards, and counts.
 * Exit code 0 when all holds, 1 when something does not, 2 for options that it does not know.
 */
import { startOwnSystem } from './start/own-system.ts'
import { readRunning } from './start/running-file.ts'
import { startSettings } from './start/settings.ts'
import { errorText } from './start/start-error.ts'
import { terminal } from './start/terminal.ts'
import { type StoryOptions, storyOptions, USAGE, UsageError } from './story/options.ts'
import { type PlayOptions, playStory, type Story } from './story/play-story.ts'

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())

process.exit(await main())

async function main(): Promise<number> {
  try {
    const options = storyOptions(process.argv.slice(2))
    const { story, problems } = await withSystem(options)
    for (const problem of problems) console.error(`✖ ${problem}`)
    console.log(options.json ? JSON.stringify(story) : tableOf(story))
    return story.ok ? 0 : 1
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}\n\n${USAGE}`)
      return 2
    }
    console.error(stopping.signal.aborted ? 'Stopped.' : errorText(error))
    return 1
  }
}

async function withSystem(options: StoryOptions) {
  const { dataDir } = startSettings([], process.env, 'start')
  const running = await readRunning(dataDir)
  const shown = shower(options.students)
  if (running?.ready) {
    shown.onNote(`Playing against the system at ${running.url}`)
    const now = async () => (await readRunning(dataDir)) ?? running
    return play({ ...options, ...shown, running: now, dataDir })
  }
  shown.onNote('Nothing runs here: starting a system of its own')
  const own = await startOwnSystem({ signal: stopping.signal })
  try {
    return await play({ ...options, ...shown, running: own.running, dataDir: own.dataDir })
  } finally {
    await own.stop()
  }
}

function play(options: PlayOptions) {
  return playStory(options, stopping.signal)
}

/** Progress, on the standard error. */
function shower(students: number): Pick<PlayOptions, 'onNote' | 'onProgress'> {
  const out = terminal(process.stderr, process.env)
  const isTty = process.stderr.isTTY === true
  let tenth = 0
  return {
    onNote: (text) => out.line(`  ${text}`),
    onProgress: (sent) => {
      const line = `  e-mails ${sent}/${students}`
      if (isTty) process.stderr.write(`\r\x1b[K${line}${sent === students ? '\n' : ''}`)
      else if (Math.floor((sent * 10) / students) > tenth) {
        tenth = Math.floor((sent * 10) / students)
        out.line(line)
      }
    },
  }
}

function tableOf({ kills, ...story }: Story): string {
  const rows = Object.entries({
    ...story,
    ...(kills && {
      kills: kills.count,
      hits: kills.hits,
      medianResumeMs: kills.medianResumeMs,
      maxResumeMs: kills.maxResumeMs,
    }),
  })
  return rows.map(([name, value]) => `${name.padEnd(24)}${value}`).join('\n')
}
