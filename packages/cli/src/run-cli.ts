import { getWorkflow, listPartitions, reprocessCommand } from '@cascata/console/contract'
import { CascataError, migrate } from 'cascata'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { type Ask, withConsole } from './console-api.ts'
import { Failure } from './failure.ts'
import { partitionsText } from './partitions.ts'
import { traceText } from './trace.ts'

export interface CliEnvironment {
  env: Readonly<Record<string, string | undefined>>
  /** Told of results, without the last line break. */
  out: (text: string) => void
  /** Told of errors, and of how to call it. */
  err: (text: string) => void
}

const PROCESS: CliEnvironment = {
  env: process.env,
  out: (text) => console.log(text),
  err: (text) => console.error(text),
}

/**
 * Runs one command.
 * @param args what stands after `cascata`.
 * @param given what is not the process's own.
 * @returns the exit code: 0 done; 1 refused or failed, said with code, what and fix; 2 called in a way that it does not know.
 */
export async function runCli(args: readonly string[], given: Partial<CliEnvironment> = {}): Promise<number> {
  const environment = { ...PROCESS, ...given }
  try {
    await programOf(environment).parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2 // it has said why
    environment.err(textOf(error))
    return 1
  }
}

function programOf({ env, out, err }: CliEnvironment): Command {
  const program = new Command('cascata')
    .description(
      'Look at and operate Cascata. Each command is an operation of the console’s API, and answers the same.',
    )
    .option('--database-url <url>', 'of the role that owns the schema cascata; default: DATABASE_URL')
    .option('--json', 'the answer as one JSON object')
    .exitOverride()
    .configureOutput({ writeOut: (text) => out(text.trimEnd()), writeErr: (text) => err(text.trimEnd()) })
    .showHelpAfterError('(see: cascata --help)')
  const shared = () => program.opts<{ databaseUrl?: string; json?: true }>()
  const database = () => {
    const url = shared().databaseUrl ?? env['DATABASE_URL']
    if (url) return url
    throw new Failure('no-database', 'It is not said which database.', 'set DATABASE_URL, or give --database-url.')
  }
  const answer = async <T>(ask: (ask: Ask) => Promise<T>, text: (answer: T) => string) => {
    const found = await withConsole(database(), ask)
    out(shared().json ? JSON.stringify(found) : text(found))
  }

  program
    .command('migrate')
    .description('bring the schema up to this version; safe beside others that do the same')
    .action(async () => {
      const ran = await migrate({ url: database() })
      out(shared().json ? JSON.stringify({ ran }) : ran.length === 0 ? 'Nothing to do.' : `Ran ${ran.join(', ')}.`)
    })
  program
    .command('partitions')
    .description('weeks of the history, their sizes, and what a retention would drop; drops nothing')
    .option('--keep-days <days>', 'what if finished work were kept for so many days?', daysOf)
    .action(({ keepDays }: { keepDays?: number }) => answer((ask) => ask(listPartitions, { keepDays }), partitionsText))
  program
    .command('trace <id>')
    .description('everything with the same root as an event, a command or a batch, as a tree')
    .action((id: string) => answer((ask) => ask(getWorkflow, { id }), traceText))
  program
    .command('reprocess <command-id>')
    .description('run a command that failed again, as a linked copy in its root and its batch')
    .requiredOption('--reason <text>', 'why, for whoever reads it later; at least 3 letters')
    .action((commandId: string, { reason }: { reason: string }) =>
      answer(
        (ask) => ask(reprocessCommand, { commandId, reason }),
        ({ copy }) => `Enqueued ${copy.id}.`,
      ),
    )
  return program
}

function daysOf(text: string): number {
  const days = Number(text)
  if (/^\d+$/.test(text) && days >= 1 && days <= 36_500) return days
  throw new InvalidArgumentError('A number of days from 1 to 36500.')
}

function textOf(error: unknown): string {
  if (error instanceof Failure) return `✖ ${error.code}: ${error.message}\n  Fix: ${error.fix}`
  if (error instanceof CascataError) return `✖ ${error.message}`
  throw error
}
