/** One batch: how far it is, what follows it and why it has or has not run, where it comes from, its members. */
import { UnstyledButton } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import type { z } from 'zod'
import type { CommandItem, pageOf } from '../../contract/index.ts'
import { COMMAND_STATUSES } from '../../contract/vocabulary.ts'
import { CommandsTable } from '../commands/commands-table.tsx'
import { useAsk } from '../kit/api.tsx'
import { useConsole } from '../kit/console.tsx'
import { type AnswerOf, getBatch, listCommands } from '../kit/endpoints.ts'
import kit from '../kit/kit.module.css'
import { FreshRows, Pager, useListSearch, useSnapshot } from '../kit/list.tsx'
import { lookOf } from '../kit/looks.ts'
import { Card, Facts, Ms, SegmentBar, When } from '../kit/parts.tsx'
import { place } from '../kit/place.ts'
import { KIND_ICONS, LabelText, RecordLink } from '../kit/record.tsx'
import { Rich } from '../kit/rich.tsx'
import { Failed, Loading, Show, Stale } from '../kit/states.tsx'
import { StatusBadge, StatusIcon, useStatusWord } from '../kit/status.tsx'
import { useFailure } from '../page-kit/index.ts'
import { RecordHeader } from '../workflows/record-header.tsx'
import { membersSearch } from './batches-search.ts'
import { nextInWords } from './next-reason.ts'

type Batch = AnswerOf<typeof getBatch>
type Page = z.output<ReturnType<typeof pageOf<z.ZodType<CommandItem>>>>

export function BatchDetails() {
  const { batchId = '' } = useParams({ strict: false }) as { batchId?: string }
  const query = useAsk(getBatch, { batchId }, { live: ['batch', 'command'] })
  return (
    <Show query={query} page loading={<Loading lines={5} height={96} />}>
      {(batch) => <Details key={batch.id} batch={batch} />}
    </Show>
  )
}

const ORDER = ['success', 'processing', 'pending', 'scheduled', 'awaiting', 'unknown', 'error', 'cancelled'] as const

function Details({ batch }: { batch: Batch }) {
  const { t, format } = useConsole()
  const word = useStatusWord()
  const search = useListSearch(membersSearch)
  const { origin, next, progress } = batch
  const segments = ORDER.map((status) => ({
    key: status,
    label: word(status),
    tone: lookOf(status).tone,
    value: progress.byStatus[status] ?? 0,
  }))
  const originRecord = origin.kind === 'event' ? origin.event : origin.kind === 'command' ? origin.command : undefined
  const chosen = search.values.status
  return (
    <>
      <RecordHeader
        record={batch}
        status={batch.recovering ? 'recovering' : batch.status}
        tenant={batch.tenant}
        origin={originRecord}
        next={next.command ?? undefined}
      />
      <div className={kit.grid}>
        <div className={kit.stackOf} data-wide>
          <Card
            title={t('batches.progress')}
            hint={t('batches.doneOf', { done: batch.done, size: batch.size })}
            tools={
              batch.remainingMs !== null ? (
                <span className={kit.hint}>{t('batches.remaining', { time: format.ms(batch.remainingMs) })}</span>
              ) : undefined
            }
          >
            <SegmentBar label={t('batches.progress')} done={batch.done} total={batch.size} segments={segments} />
            <div className={kit.segments}>
              {segments
                .filter(({ value }) => value > 0)
                .map(({ key, label, value }) => (
                  <UnstyledButton
                    key={key}
                    className={kit.segment}
                    aria-pressed={chosen?.length === 1 && chosen[0] === key}
                    onClick={() => search.set({ status: chosen?.[0] === key ? [] : [key] })}
                  >
                    <StatusIcon status={key} size={16} /> {label} <b>{format.number(value)}</b>
                  </UnstyledButton>
                ))}
              {progress.recovering > 0 && (
                <span className={kit.hint}>{t('batches.recovering', { count: progress.recovering })}</span>
              )}
            </div>
            <div className={kit.gap}>
              <Facts
                facts={[
                  { label: t('batches.size'), value: format.number(batch.size) },
                  { label: t('column.created'), value: <When at={batch.createdAt} exact /> },
                  {
                    label: t('batches.firstStart'),
                    value:
                      batch.firstStartedAt === null && (progress.byStatus.processing ?? 0) > 0 ? (
                        word('processing')
                      ) : (
                        <When at={batch.firstStartedAt} exact />
                      ),
                  },
                  { label: t('column.processed'), value: <When at={batch.processedAt} exact /> },
                  { label: t('batches.took'), value: <Ms ms={batch.durationMs} /> },
                  {
                    label: t('batches.rate'),
                    value:
                      batch.ratePerSecond === null
                        ? null
                        : t('batches.perSecond', { rate: format.rate(batch.ratePerSecond) }),
                  },
                  {
                    label: t('batches.policy'),
                    value:
                      batch.requiredPercent === 100
                        ? t('batches.policyAll')
                        : batch.requiredPercent === 0
                          ? t('batches.policyFinished')
                          : t('batches.policyPercent', { percent: format.percent(batch.requiredPercent / 100) }),
                  },
                  !batch.sealed && { label: t('batches.sealed'), value: t('batches.notSealed') },
                  batch.failings > 0 && { label: t('batches.failings'), value: batch.failings },
                ]}
              />
            </div>
          </Card>
        </div>
        <div className={kit.stackOf} data-narrow>
          <Card title={t('batches.next')}>
            {next.command && (
              <div className={kit.nextCommand}>
                <RecordLink of={next.command} withType bare />
                <StatusBadge status={next.command.status} />
              </div>
            )}
            <p className={kit.tight}>{nextInWords(next.reason, t, format.exact)}</p>
            {batch.onFailure && (
              <div className={kit.gap}>
                <p className={kit.hint}>{t('batches.onFailure')}</p>
                {batch.onFailure.commands.length > 0 ? (
                  batch.onFailure.commands.map((command) => <RecordLink key={command.id} of={command} />)
                ) : (
                  <LabelText of={batch.onFailure} />
                )}
              </div>
            )}
          </Card>
          <Card title={t('details.origin')}>
            <Origin of={origin} />
            {batch.parent && (
              <div className={kit.gap}>
                <Rich text="batches.parent" nodes={{ batch: <RecordLink of={batch.parent} /> }} />
              </div>
            )}
            {batch.nested.length > 0 && (
              <div className={kit.gap}>
                <p className={kit.hint}>{t('batches.nested')}</p>
                {batch.nested.map((nested) => (
                  <RecordLink key={nested.id} of={nested} />
                ))}
              </div>
            )}
          </Card>
        </div>
      </div>
      <div style={{ marginTop: '1rem' }}>
        <Members batch={batch} search={search} />
      </div>
    </>
  )
}

function Origin({ of: origin }: { of: Batch['origin'] }) {
  const { t } = useConsole()
  const Icon = KIND_ICONS[origin.kind === 'direct' ? 'batch' : origin.kind]
  return (
    <div className={kit.origin}>
      <span className={kit.originIcon}>
        <Icon size={20} aria-hidden />
      </span>
      <div>
        {origin.kind === 'event' && (
          <>
            <Rich text="origin.batchByEvent" nodes={{ event: <RecordLink of={origin.event} /> }} />
            {origin.handler && (
              <div className={kit.hint}>
                {t('origin.handler')} <span className={kit.raw}>{origin.handler}</span>
              </div>
            )}
          </>
        )}
        {origin.kind === 'command' && (
          <Rich text="origin.batchByCommand" nodes={{ command: <RecordLink of={origin.command} /> }} />
        )}
        {origin.kind === 'direct' && t('origin.batchDirect')}
      </div>
    </div>
  )
}

function Members({ batch, search }: { batch: Batch; search: ReturnType<typeof useListSearch<typeof membersSearch>> }) {
  const { t } = useConsole()
  const word = useStatusWord()
  const { values, set } = search
  const limit = values.limit ?? '25'
  const list = useSnapshot<Page>(
    listCommands,
    { batch: batch.id, status: values.status, limit, cursor: values.cursor } as never,
    ['command'],
  )
  const { problem, retry } = useFailure(list.query)
  const present = COMMAND_STATUSES.filter((status) => (batch.progress.byStatus[status] ?? 0) > 0)
  const chosen = values.status ?? []
  return (
    <Card
      title={t('batches.members')}
      flush
      tools={
        <span className={kit.counts}>
          <UnstyledButton
            className={kit.segment}
            aria-pressed={chosen.length === 0}
            onClick={() => set({ status: [] })}
          >
            {t('batches.everyMember')}
          </UnstyledButton>
          {present.map((status) => (
            <UnstyledButton
              key={status}
              className={kit.segment}
              aria-pressed={chosen.includes(status)}
              onClick={() =>
                set({
                  status: chosen.includes(status) ? chosen.filter((each) => each !== status) : [...chosen, status],
                })
              }
            >
              <StatusIcon status={status} size={16} /> {word(status)}
            </UnstyledButton>
          ))}
          <Link {...place('/commands', { search: { batch: batch.id } })} className={kit.textLink}>
            {t('details.inList')}
          </Link>
        </span>
      }
    >
      <FreshRows fresh={list.fresh} load={list.load} />
      {list.data && <Stale query={list.query} />}
      {!list.data && problem ? (
        <Failed problem={problem} retry={retry} />
      ) : !list.data ? (
        <Loading lines={5} height={40} />
      ) : list.items.length === 0 ? (
        <p className={kit.nothing}>{t(chosen.length > 0 ? 'list.noMatch' : 'batches.empty')}</p>
      ) : (
        <>
          <CommandsTable label={t('batches.members')} rows={list.items} stale={list.query.isPlaceholderData} brief />
          <div className={kit.cardBody}>
            <Pager
              page={list.data.page}
              shown={list.items.length}
              asOf={list.data.asOf}
              cursor={values.cursor}
              go={(cursor) => set({ cursor })}
              limit={limit}
              setLimit={(size) => set({ limit: size as typeof limit })}
            />
          </div>
        </>
      )}
    </Card>
  )
}
