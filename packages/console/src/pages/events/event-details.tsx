/** One event: what happened to which entity, who handled it, and what it caused. */
import { Button, Stack } from '@mantine/core'
import { IconBox } from '@tabler/icons-react'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { CommandsTable } from '../commands/commands-table.tsx'
import { whyInWords } from '../commands/retry-words.ts'
import { useAsk } from '../kit/api.tsx'
import { useConsole } from '../kit/console.tsx'
import { type AnswerOf, getEvent } from '../kit/endpoints.ts'
import { ErrorBox } from '../kit/error.tsx'
import { Json } from '../kit/json.tsx'
import kit from '../kit/kit.module.css'
import { Card, Facts, Ms, Technical, When } from '../kit/parts.tsx'
import { place } from '../kit/place.ts'
import { RecordLink, useLabel } from '../kit/record.tsx'
import { Rich } from '../kit/rich.tsx'
import { Loading, Show } from '../kit/states.tsx'
import { StatusBadge } from '../kit/status.tsx'
import { DataTable } from '../kit/table.tsx'
import { RecordHeader } from '../workflows/record-header.tsx'

type Event = AnswerOf<typeof getEvent>

export function EventDetails() {
  const { eventId = '' } = useParams({ strict: false }) as { eventId?: string }
  const query = useAsk(getEvent, { eventId }, { live: ['event', 'command', 'batch'] })
  return (
    <Show query={query} page loading={<Loading lines={5} height={96} />}>
      {(event) => <Details event={event} />}
    </Show>
  )
}

function Details({ event }: { event: Event }) {
  const { t } = useConsole()
  const label = useLabel()
  const navigate = useNavigate()
  const { entity, enqueued, batches, emittedBy } = event
  const entitySearch = { entityType: entity.type, entityId: entity.id }
  const first = enqueued.items[0] ?? batches[0]
  return (
    <>
      <RecordHeader
        record={event}
        status={event.status}
        tenant={event.tenant}
        origin={emittedBy ?? (() => void navigate(place('/events', { search: entitySearch })))}
        next={first}
      />
      <div className={kit.grid}>
        <div className={kit.stackOf} data-wide>
          <Card title={t('details.facts')}>
            <Facts
              facts={[
                { label: t('column.occurred'), value: <When at={event.occurredAt} exact /> },
                { label: t('column.processed'), value: <When at={event.processedAt} exact /> },
                { label: t('column.duration'), value: <Ms ms={event.ms} /> },
                { label: t('column.waited'), value: <Ms ms={event.waitMs} /> },
                { label: t('column.commands'), value: event.commands.total },
                event.actor !== null && {
                  label: t('details.actor'),
                  value: event.actor.name ?? <Technical>{event.actor.id}</Technical>,
                },
                event.trace !== null && { label: t('details.trace'), value: <Technical>{event.trace}</Technical> },
              ]}
            />
          </Card>
          <Card title={t('events.handlers')} hint={t('events.handlersHint')}>
            <Handlers of={event.handlers} />
          </Card>
        </div>
        <div className={kit.stackOf} data-narrow>
          <Card title={t('details.origin')}>
            <Stack gap="sm">
              <div className={kit.origin}>
                <span className={kit.originIcon}>
                  <IconBox size={20} aria-hidden />
                </span>
                <div>
                  <div>
                    <Rich text="origin.entity" nodes={{ entity: <b>{label(entity)}</b> }} />
                  </div>
                  <Technical label={t('filter.entityId')}>{entity.id}</Technical>
                  <div>
                    <Link {...place('/events', { search: entitySearch })} className={kit.textLink}>
                      {t('events.ofEntity')}
                    </Link>
                  </div>
                </div>
              </div>
              {emittedBy && (
                <div>
                  <Rich text="origin.emittedBy" nodes={{ command: <RecordLink of={emittedBy} /> }} />
                </div>
              )}
            </Stack>
          </Card>
          <Card title={t('details.data')}>
            <Json data={event.data} />
          </Card>
        </div>
      </div>
      <div className={kit.stackOf} style={{ marginTop: '1rem' }}>
        <Card
          title={t('events.commands')}
          flush
          tools={
            enqueued.more ? (
              <Button
                component={Link}
                {...place('/commands', { search: { event: event.id } })}
                size="compact-sm"
                variant="default"
              >
                {t('details.all')}
              </Button>
            ) : undefined
          }
        >
          {enqueued.items.length === 0 ? (
            <p className={kit.nothing}>
              {t(event.status === 'success' ? 'events.noCommands' : 'events.noCommandsYet')}
            </p>
          ) : (
            <CommandsTable label={t('events.commands')} rows={enqueued.items} brief />
          )}
        </Card>
        {batches.length > 0 && (
          <Card title={t('events.batches')} flush>
            <DataTable
              label={t('events.batches')}
              rows={batches}
              keyOf={({ id }) => id}
              columns={[
                { head: t('column.type'), rowHeader: true, cell: (row) => <RecordLink of={row} withType bare /> },
                { head: t('column.status'), cell: ({ status }) => <StatusBadge status={status} /> },
                { head: t('column.created'), cell: ({ createdAt }) => <When at={createdAt} /> },
                { head: t('column.size'), numeric: true, cell: ({ size }) => size },
              ]}
            />
          </Card>
        )}
        {event.sameEntity.length > 0 && (
          <Card title={t('events.sameEntity')} flush>
            <DataTable
              label={t('events.sameEntity')}
              rows={event.sameEntity}
              keyOf={({ id }) => id}
              columns={[
                {
                  head: t('column.type'),
                  rowHeader: true,
                  cell: (row) => <RecordLink of={{ kind: 'event', ...row }} withType bare />,
                },
                { head: t('column.status'), cell: ({ status }) => <StatusBadge status={status} /> },
                { head: t('column.occurred'), cell: ({ occurredAt }) => <When at={occurredAt} /> },
              ]}
            />
          </Card>
        )}
      </div>
    </>
  )
}

function Handlers({ of: handlers }: { of: Event['handlers'] }) {
  const { t, format } = useConsole()
  const named = handlers.filter(({ handler }) => handler !== '')
  if (named.length === 0)
    return <p className={kit.nothing}>{t(handlers.length > 0 ? 'events.nobodyListens' : 'events.notHandledYet')}</p>
  return (
    <ul className={kit.plain}>
      {named.map(({ handler, status, parked, ms, failures, nextAt, error, runs }) => (
        <li key={handler}>
          <div className={kit.handlerHead}>
            <StatusBadge status={status === 'scheduled' && failures > 0 ? 'retrying' : status} />
            <span className={kit.raw}>{handler}</span>
            <span className={kit.hint}>
              <Ms ms={ms} />
              {failures > 0 && ` · ${t('attempt.failures', { count: failures })}`}
              {nextAt && (
                <>
                  {' · '}
                  {t('attempt.nextAt')} <When at={nextAt} />
                </>
              )}
            </span>
          </div>
          {parked && <p className={kit.warning}>{t('events.isParked')}</p>}
          {error && <ErrorBox of={error} />}
          {runs.length > 1 && (
            <details className={kit.details}>
              <summary>{t('events.runs', { count: runs.length })}</summary>
              <ol className={kit.plain} reversed>
                {runs.map((run) => (
                  <li key={run.claimNo}>
                    <When at={run.endedAt} exact /> · {t(`attempt.outcome.${run.outcome}`)} · <Ms ms={run.ms} />
                    {run.nextWhy && (
                      <div className={kit.hint}>
                        {t('attempt.why')} {whyInWords(run.nextWhy, t, format.ms)}
                      </div>
                    )}
                  </li>
                ))}
              </ol>
            </details>
          )}
        </li>
      ))}
    </ul>
  )
}
