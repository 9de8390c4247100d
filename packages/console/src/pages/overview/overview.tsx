/** Is anybody working, and how far behind is it: one look for whoever opens the console. */
import { type Icon, IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Window } from '../../contract/index.ts'
import { WINDOWS } from '../../contract/vocabulary.ts'
import { OverTime } from '../events/events-dashboard.tsx'
import { useHost } from '../host.tsx'
import { useAsk } from '../kit/api.tsx'
import { useConsole } from '../kit/console.tsx'
import { type AnswerOf, getOverview } from '../kit/endpoints.ts'
import kit from '../kit/kit.module.css'
import type { Tone } from '../kit/looks.ts'
import { Card, When } from '../kit/parts.tsx'
import { type Place, place } from '../kit/place.ts'
import { PageHeader, pathOf } from '../kit/record.tsx'
import { readSearch, writeSearch } from '../kit/search.ts'
import { Loading, Show } from '../kit/states.tsx'
import { StatusIcon, useStatusWord } from '../kit/status.tsx'
import { DataTable } from '../kit/table.tsx'
import { useNow } from '../page-kit/index.ts'
import { FindForm } from '../shell/find-form.tsx'
import { useLive } from '../shell/live.tsx'
import { Failing } from './failing.tsx'
import { ageTone, failingTone } from './health.ts'
import classes from './overview.module.css'

type Health = AnswerOf<typeof getOverview>

const overviewSearch = {
  window: { kind: 'choice', of: Object.keys(WINDOWS) as Window[] },
} as const

export function Overview() {
  const { t } = useConsole()
  const { state } = useLive()
  const navigate = useNavigate()
  const { values } = readSearch(overviewSearch, useSearch({ strict: false }))
  const query = useAsk(
    getOverview,
    {},
    { live: ['event', 'command', 'batch', 'daemon'], everyMs: state !== 'paused' && 10_000 },
  )
  return (
    <>
      <PageHeader title={t('nav.overview')} actions={<FindForm />}>
        <span>{t('overview.lead')}</span>
      </PageHeader>
      <Show query={query} loading={<Loading lines={5} height={96} />}>
        {(health) => (
          <div className={kit.stackOf}>
            <HealthRow health={health} />
            <Failing causes={health.failing.causes} />
            <div className={kit.grid}>
              <OverTime
                height={296}
                window={values.window ?? '1h'}
                setWindow={(window) =>
                  void navigate({ to: '.', search: writeSearch({ window }) as never, replace: true })
                }
              />
              <Queues health={health} />
            </div>
            <Daemons health={health} />
          </div>
        )}
      </Show>
    </>
  )
}

function Tile({
  label,
  tone,
  children,
  hint,
  link,
}: {
  label: string
  tone: 'good' | 'warn' | 'bad' | undefined
  children: ReactNode
  hint?: ReactNode
  link?: Place | undefined
}) {
  const { t } = useConsole()
  const look: Record<string, [Icon, Tone]> = {
    good: [IconCircleCheck, 'good'],
    warn: [IconAlertTriangle, 'warn'],
    bad: [IconCircleX, 'bad'],
  }
  const [Mark, color] = look[tone ?? ''] ?? []
  const inner = (
    <>
      <span className={kit.countWord}>
        {Mark && color && (
          <span
            className={kit.statusIcon}
            data-tone={color}
            role="img"
            aria-label={t(`overview.tone.${tone ?? 'good'}`)}
          >
            <Mark size={15} stroke={2} aria-hidden />
          </span>
        )}
        {label}
      </span>
      <span className={kit.countNumber}>{children}</span>
      {hint && <span className={kit.hint}>{hint}</span>}
    </>
  )
  return link ? (
    <Link {...link} className={kit.count}>
      {inner}
    </Link>
  ) : (
    <div className={kit.count}>{inner}</div>
  )
}

/** The server counts no further. */
const MOST_COUNTED = 10_000

function HealthRow({ health }: { health: Health }) {
  const { t, format } = useConsole()
  const { oldestPending, perMinute, daemons, failing } = health
  const counted = (n: number) => `${format.number(n)}${failing.more && n >= MOST_COUNTED ? '+' : ''}`
  const alive = daemons.filter((daemon) => daemon.alive)
  const deaf = alive.filter((daemon) => !daemon.listening).length
  const failed = perMinute.commandsFailed
  const age = (oldest: { id: string; ms: number } | null) =>
    oldest ? format.ms(oldest.ms) : t('overview.nothingWaits')
  const rate = (value: number | null) => (value === null ? '–' : format.rate(value))
  return (
    <section className={kit.cards} aria-label={t('overview.health')}>
      <Tile
        label={t('overview.daemons')}
        tone={health.noDaemon ? 'bad' : deaf > 0 ? 'warn' : 'good'}
        hint={deaf > 0 ? t('overview.deaf', { count: deaf }) : undefined}
      >
        {format.number(alive.length)}
      </Tile>
      <Tile
        label={t('overview.failedAttempts')}
        tone={failingTone(failing.attemptsLastMinute, perMinute.commandsSucceeded)}
        hint={t('overview.failedAttemptsHint')}
      >
        {counted(failing.attemptsLastMinute)}
      </Tile>
      <Tile
        label={t('overview.retrying')}
        tone={failing.retrying.commands + failing.retrying.events > 0 ? 'warn' : 'good'}
        link={place('/commands', { search: { status: 'scheduled' } })}
      >
        {counted(failing.retrying.commands + failing.retrying.events)}
      </Tile>
      <Tile
        label={t('overview.oldestEvent')}
        tone={ageTone(oldestPending.event?.ms)}
        link={oldestPending.event ? pathOf('event', oldestPending.event.id) : undefined}
      >
        {age(oldestPending.event)}
      </Tile>
      <Tile
        label={t('overview.oldestCommand')}
        tone={ageTone(oldestPending.command?.ms)}
        link={oldestPending.command ? pathOf('command', oldestPending.command.id) : undefined}
      >
        {age(oldestPending.command)}
      </Tile>
      <Tile label={t('overview.eventsPerMinute')} tone={undefined} link={place('/events')}>
        {rate(perMinute.eventsOccurred)}
      </Tile>
      <Tile
        label={t('overview.succeededPerMinute')}
        tone={undefined}
        link={place('/commands', { search: { status: 'success' } })}
      >
        {rate(perMinute.commandsSucceeded)}
      </Tile>
      <Tile
        label={t('overview.failedPerMinute')}
        tone={failed === null ? undefined : failed > 0 ? 'warn' : 'good'}
        link={place('/commands', { search: { status: 'error' } })}
      >
        {rate(failed)}
      </Tile>
      <Tile
        label={t('overview.openBatches')}
        tone={undefined}
        link={place('/batches', { search: { status: 'pending,processing' } })}
      >
        {format.compact(health.openBatches)}
      </Tile>
      <Tile
        label={t('overview.failedBatches')}
        tone={health.failedBatches > 0 ? 'warn' : 'good'}
        link={place('/batches', { search: { status: 'error' } })}
      >
        {format.compact(health.failedBatches)}
      </Tile>
    </section>
  )
}

const EVENT_ROWS = ['pending', 'scheduled', 'processing'] as const
const COMMAND_ROWS = ['pending', 'scheduled', 'awaiting', 'processing', 'unknown'] as const

function Queues({ health: { queue } }: { health: Health }) {
  const { t, format } = useConsole()
  const word = useStatusWord()
  const group = (to: string, title: string, rows: readonly (readonly [string, number])[], parked: number) => (
    <tbody>
      <tr>
        <th scope="rowgroup" colSpan={2} className={classes.group}>
          {title}
        </th>
      </tr>
      {rows.map(([status, count]) => (
        <tr key={status}>
          <th scope="row">
            <Link {...place(to, { search: { status } })} className={kit.recordLink}>
              <StatusIcon status={status} size={16} /> {word(status)}
            </Link>
          </th>
          <td>{format.number(count)}</td>
        </tr>
      ))}
      {parked > 0 && (
        <tr>
          <th scope="row">{t('overview.parked')}</th>
          <td>{format.number(parked)}</td>
        </tr>
      )}
    </tbody>
  )
  return (
    <Card title={t('overview.queue')} hint={t('overview.queueHint')} narrow>
      <table className={classes.queue} aria-label={t('overview.queue')}>
        {group(
          '/events',
          t('nav.events'),
          EVENT_ROWS.map((status) => [status, queue.events[status]] as const),
          queue.events.parked,
        )}
        {group(
          '/commands',
          t('nav.commands'),
          COMMAND_ROWS.map((status) => [status, queue.commands[status]] as const),
          queue.commands.parked,
        )}
      </table>
    </Card>
  )
}

function Daemons({ health: { daemons } }: { health: Health }) {
  const { t, format } = useConsole()
  const { daemonCommand } = useHost()
  const now = useNow(5_000)
  return (
    <Card title={t('overview.daemons')} hint={t('overview.daemonsHint')} flush>
      {daemons.length === 0 ? (
        <p className={kit.nothing}>
          {t('daemon.none')} {t('daemon.start')} <code className={kit.raw}>{daemonCommand}</code>
        </p>
      ) : (
        <DataTable
          label={t('overview.daemons')}
          rows={daemons}
          keyOf={({ id }) => id}
          columns={[
            {
              head: t('daemon.host'),
              rowHeader: true,
              cell: ({ host, pid }) => (
                <>
                  {host} <span className={kit.hint}>{pid}</span>
                </>
              ),
            },
            {
              head: t('column.status'),
              cell: ({ alive, state }) => (
                <span className={kit.badge} data-tone={alive ? (state === 'running' ? 'good' : 'warn') : 'quiet'}>
                  {alive ? <IconCircleCheck size={14} aria-hidden /> : <IconCircleX size={14} aria-hidden />}
                  {t(`daemon.state.${!alive && state === 'running' ? 'lost' : state}`)}
                </span>
              ),
            },
            {
              head: t('daemon.listening'),
              cell: ({ alive, listening }) => (alive ? t(listening ? 'daemon.hears' : 'daemon.polls') : '–'),
            },
            {
              head: t('daemon.claimed'),
              cell: ({ claimed }) =>
                format.list([
                  t('workflow.eventCount', { count: claimed.events }),
                  t('workflow.commandCount', { count: claimed.commands }),
                ]),
            },
            {
              head: t('daemon.types'),
              cell: ({ eventTypes, commandTypes }) => `${eventTypes} / ${commandTypes}`,
            },
            { head: t('daemon.started'), cell: ({ startedAt }) => <When at={startedAt} /> },
            {
              head: t('daemon.heartbeat'),
              // Read after the clock of the page last ticked: then it is now, not in a moment.
              cell: ({ heartbeatAt }) => format.ago(heartbeatAt, Math.max(now, Date.parse(heartbeatAt))),
            },
            { head: t('daemon.version'), cell: ({ version }) => version },
          ]}
        />
      )}
    </Card>
  )
}
