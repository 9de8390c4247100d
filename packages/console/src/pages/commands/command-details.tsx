/** One command: what it is, where it comes from, what became of each attempt, and what it caused. */
import { Button } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useAsk } from '../kit/api.tsx'
import { useConsole } from '../kit/console.tsx'
import { type AnswerOf, getCommand } from '../kit/endpoints.ts'
import { ErrorBox } from '../kit/error.tsx'
import { Json } from '../kit/json.tsx'
import kit from '../kit/kit.module.css'
import { shownStatus } from '../kit/looks.ts'
import { Card, Facts, Ms, SegmentBar, Technical, When } from '../kit/parts.tsx'
import { place } from '../kit/place.ts'
import { RecordLink } from '../kit/record.tsx'
import { Loading, Show } from '../kit/states.tsx'
import { StatusBadge, useStatusWord } from '../kit/status.tsx'
import { DataTable } from '../kit/table.tsx'
import { RecordHeader } from '../workflows/record-header.tsx'
import { Attempts } from './attempts.tsx'
import { CommandsTable } from './commands-table.tsx'
import { OriginSentence, originTarget } from './origin-card.tsx'
import { Reprocess } from './reprocess.tsx'
import { RetryPolicy } from './retry-policy.tsx'

type Command = AnswerOf<typeof getCommand>

export function CommandDetails() {
  const { commandId = '' } = useParams({ strict: false }) as { commandId?: string }
  const query = useAsk(getCommand, { commandId }, { live: ['command', 'batch', 'event'] })
  return (
    <Show query={query} page loading={<Loading lines={5} height={96} />}>
      {(command) => <Details key={command.id} command={command} />}
    </Show>
  )
}

function Details({ command }: { command: Command }) {
  const { t } = useConsole()
  const { origin, batch, batches, subcommands, reprocessings, events, effects, error, status } = command
  const shown = shownStatus({ ...command, error: error?.message ?? null })
  const next = batches.items[0] ?? subcommands.items[0] ?? events.items[0] ?? reprocessings.items[0]
  return (
    <>
      <RecordHeader
        record={command}
        status={shown}
        tenant={command.tenant}
        origin={originTarget(origin)}
        {...(batch && origin.kind !== 'reprocess' ? { under: batch } : {})}
        next={next}
        actions={<Reprocess command={command} />}
      />
      <div className={kit.grid}>
        <div className={kit.stackOf} data-wide>
          <Card title={t('details.facts')}>
            <Facts
              facts={[
                { label: t('column.created'), value: <When at={command.createdAt} exact /> },
                command.notBefore !== null && {
                  label: t('details.notBefore'),
                  value: <When at={command.notBefore} exact />,
                },
                { label: t('details.started'), value: <When at={command.pickedAt} exact /> },
                { label: t('column.processed'), value: <When at={command.processedAt} exact /> },
                { label: t('column.duration'), value: <Ms ms={command.ms} /> },
                { label: t('column.waited'), value: <Ms ms={command.waitMs} /> },
                command.dueAt !== null && { label: t('details.due'), value: <When at={command.dueAt} exact /> },
                { label: t('details.lane'), value: t(`lane.${command.lane}`) },
                command.priority !== 0 && { label: t('details.priority'), value: command.priority },
                command.claimedBy !== null && {
                  label: t('details.claimedBy'),
                  value: `${command.claimedBy.host ?? command.claimedBy.daemonId.slice(0, 8)}${
                    command.claimedBy.pid === null ? '' : ` · ${command.claimedBy.pid}`
                  }`,
                },
              ]}
            />
            {command.parked && <p className={kit.warning}>{t('commands.isParked')}</p>}
          </Card>
          {error && (
            <Card title={t('details.error')}>
              <ErrorBox of={error} />
            </Card>
          )}
          <Card
            title={t('details.attempts')}
            hint={command.attemptsInAll > 0 && t('attempt.count', { count: command.attemptsInAll })}
          >
            <Attempts attempts={command.attempts} inAll={command.attemptsInAll} waiting={status === 'scheduled'} />
          </Card>
        </div>
        <div className={kit.stackOf} data-narrow>
          <Card title={t('details.origin')}>
            <OriginSentence of={origin} />
          </Card>
          {batch && (
            <Card title={t('details.batch')}>
              <BatchOf batch={batch} />
            </Card>
          )}
          <Card title={t('details.data')}>
            <Json data={command.data} />
          </Card>
          <Card title={t('details.retry')}>
            <RetryPolicy
              policy={command.retry}
              used={command.attempts.filter(({ nextAt }) => nextAt !== null).length}
            />
          </Card>
        </div>
      </div>
      <div className={kit.stackOf} style={{ marginTop: '1rem' }}>
        <Related title={t('commands.reprocessings')} of={reprocessings} search={{ original: command.id }}>
          {(items) => <CommandsTable label={t('commands.reprocessings')} rows={items} brief />}
        </Related>
        <Related title={t('commands.subcommands')} of={subcommands} search={{ parent: command.id }}>
          {(items) => <CommandsTable label={t('commands.subcommands')} rows={items} brief />}
        </Related>
        <Related title={t('commands.batches')} of={batches}>
          {(items) => (
            <DataTable
              label={t('commands.batches')}
              rows={items}
              keyOf={({ id }) => id}
              columns={[
                { head: t('column.type'), rowHeader: true, cell: (row) => <RecordLink of={row} withType bare /> },
                { head: t('column.status'), cell: (row) => <StatusBadge status={row.status} /> },
                { head: t('column.created'), cell: ({ createdAt }) => <When at={createdAt} /> },
                { head: t('column.processed'), cell: ({ processedAt }) => <When at={processedAt} /> },
                { head: t('column.size'), numeric: true, cell: ({ size }) => size },
              ]}
            />
          )}
        </Related>
        <Related title={t('commands.events')} of={events}>
          {(items) => (
            <DataTable
              label={t('commands.events')}
              rows={items}
              keyOf={({ id }) => id}
              columns={[
                { head: t('column.type'), rowHeader: true, cell: (row) => <RecordLink of={row} withType bare /> },
                { head: t('column.status'), cell: (row) => <StatusBadge status={row.status} /> },
                { head: t('column.occurred'), cell: ({ occurredAt }) => <When at={occurredAt} /> },
              ]}
            />
          )}
        </Related>
        {effects.length > 0 && (
          <Card title={t('effects.title')} hint={t('effects.hint')} flush>
            <DataTable
              label={t('effects.title')}
              rows={effects}
              keyOf={({ claimNo }) => String(claimNo)}
              columns={[
                {
                  head: t('effects.attempt'),
                  rowHeader: true,
                  cell: ({ claimNo }) => t('attempt.number', { number: claimNo }),
                },
                { head: t('column.status'), cell: (row) => t(`effects.state.${row.state}`) },
                { head: t('effects.calledAt'), cell: ({ calledAt }) => <When at={calledAt} /> },
                { head: t('effects.endedAt'), cell: ({ endedAt }) => <When at={endedAt} /> },
                {
                  head: t('effects.key'),
                  wide: true,
                  cell: ({ key }) => <Technical label={t('effects.key')}>{key}</Technical>,
                },
                {
                  head: t('effects.provider'),
                  wide: true,
                  cell: ({ providerId }) => (providerId ? <Technical>{providerId}</Technical> : '–'),
                },
              ]}
            />
          </Card>
        )}
      </div>
    </>
  )
}

function Related<Row>({
  title,
  of: { items, more },
  search,
  children,
}: {
  title: string
  of: { items: Row[]; more: boolean }
  search?: Record<string, string>
  children: (items: Row[]) => ReactNode
}) {
  const { t } = useConsole()
  if (items.length === 0) return null
  return (
    <Card
      title={title}
      flush
      tools={
        more ? (
          search ? (
            <Button component={Link} {...place('/commands', { search })} size="compact-sm" variant="default">
              {t('details.all')}
            </Button>
          ) : (
            <span className={kit.hint}>{t('details.firstOnly', { count: items.length })}</span>
          )
        ) : undefined
      }
    >
      {children(items)}
    </Card>
  )
}

function BatchOf({ batch }: { batch: NonNullable<Command['batch']> }) {
  const { t } = useConsole()
  const status = useStatusWord()
  return (
    <div className={kit.progress}>
      <RecordLink of={batch} withType />
      <SegmentBar
        label={t('details.batch')}
        done={batch.done}
        total={batch.size}
        segments={[
          { key: 'success', label: status('success'), tone: 'good', value: batch.done - batch.failed },
          { key: 'error', label: status('error'), tone: 'bad', value: batch.failed },
        ]}
      />
      <span className={kit.hint}>
        {t('batches.doneOf', { done: batch.done, size: batch.size })}
        {batch.position !== null && ` · ${t('batches.position', { position: batch.position })}`}
      </span>
    </div>
  )
}
