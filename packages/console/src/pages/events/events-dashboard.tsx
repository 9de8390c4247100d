/** The latest events over time, and how many there are of each type. Each chart has its numbers as a table. */
import { SegmentedControl, Select, Table, UnstyledButton } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import type { Label, Window } from '../../contract/index.ts'
import { WINDOWS } from '../../contract/vocabulary.ts'
import { type Share, sharesOf } from '../charts/shares.ts'
import { useAsk } from '../kit/api.tsx'
import { useConsole } from '../kit/console.tsx'
import { eventSeries } from '../kit/endpoints.ts'
import kit from '../kit/kit.module.css'
import { lookOf, toneColor } from '../kit/looks.ts'
import { Card } from '../kit/parts.tsx'
import { LabelText, useLabel } from '../kit/record.tsx'
import { Loading, Show } from '../kit/states.tsx'
import { useStatusWord } from '../kit/status.tsx'
import classes from './events-dashboard.module.css'

const EventsOverTime = lazy(() => import('../charts/events-over-time.tsx'))
const TypesPie = lazy(() => import('../charts/types-pie.tsx'))

interface TypeTotal {
  type: string
  label: Label | null
  total: number
}

export function EventsDashboard({
  tenant,
  type,
  window,
  setWindow,
  types,
  chooseType,
}: {
  tenant: string | undefined
  type: string[] | undefined
  window: Window
  setWindow: (window: Window) => void
  types: TypeTotal[] | undefined
  chooseType: (type: string) => void
}) {
  return (
    <div className={kit.grid} style={{ marginBottom: '1rem' }}>
      <OverTime tenant={tenant} type={type} window={window} setWindow={setWindow} />
      <PerType types={types} choose={chooseType} />
    </div>
  )
}

export function OverTime({
  tenant,
  type,
  window,
  setWindow,
  height = 240,
}: {
  tenant?: string | undefined
  type?: string[] | undefined
  window: Window
  setWindow: (window: Window) => void
  height?: number
}) {
  const { t, format } = useConsole()
  const word = useStatusWord()
  const [view, setView] = useState('chart')
  const query = useAsk(eventSeries, { by: 'status', window, tenant, type }, { live: ['event'], keepPrevious: true })
  return (
    <Card
      title={t('events.latest')}
      wide
      tools={
        <div className={classes.tools}>
          <Select
            size="xs"
            w={150}
            aria-label={t('events.window')}
            allowDeselect={false}
            data={(Object.keys(WINDOWS) as Window[]).map((each) => ({ value: each, label: t(`window.${each}`) }))}
            value={window}
            onChange={(chosen) => chosen && setWindow(chosen as Window)}
          />
          <SegmentedControl
            size="xs"
            aria-label={t('chart.view')}
            value={view}
            onChange={setView}
            data={[
              { value: 'chart', label: t('chart.chart') },
              { value: 'table', label: t('chart.table') },
            ]}
          />
        </div>
      }
    >
      <Show query={query} loading={<Loading lines={1} height={220} />}>
        {({ series, from, bucketMs, countedFrom }) => {
          const shown = series.filter(({ total }) => total > 0)
          const all = shown.reduce((sum, { total }) => sum + total, 0)
          const start = new Date(from).getTime()
          const places = series[0]?.counts.length ?? 0
          const at = (place: number) => new Date(start + place * bucketMs).toISOString()
          const columns = Array.from({ length: places }, (_, place) => ({
            name: format.bucket(at(place), bucketMs),
            ...Object.fromEntries(shown.map(({ key, counts }) => [word(key), counts[place] ?? 0])),
          }))
          return (
            <>
              {all === 0 ? (
                <p className={classes.nothing}>{t('events.noneInWindow')}</p>
              ) : view === 'chart' ? (
                <div
                  role="img"
                  aria-label={t('events.chart', {
                    total: all,
                    window: t(`window.${window}`),
                    parts: format.list(shown.map(({ key, total }) => `${format.number(total)} ${word(key)}`)),
                  })}
                >
                  <Suspense fallback={<Loading lines={1} height={height} />}>
                    <EventsOverTime
                      height={height}
                      columns={columns}
                      series={shown.map(({ key }) => ({
                        name: word(key),
                        label: word(key),
                        color: toneColor(lookOf(key).tone),
                      }))}
                    />
                  </Suspense>
                </div>
              ) : (
                // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
                <section className={classes.scroll} aria-label={t('events.latest')} tabIndex={0}>
                  <Table aria-label={t('events.latest')}>
                    <Table.Thead>
                      <Table.Tr>
                        <Table.Th scope="col">{t('chart.from')}</Table.Th>
                        {shown.map(({ key }) => (
                          <Table.Th key={key} scope="col" ta="right">
                            {word(key)}
                          </Table.Th>
                        ))}
                      </Table.Tr>
                    </Table.Thead>
                    <Table.Tbody>
                      {columns.map((column, place) =>
                        shown.some(({ counts }) => counts[place]) ? (
                          <Table.Tr key={at(place)}>
                            <Table.Th scope="row" fw={400}>
                              {column.name}
                            </Table.Th>
                            {shown.map(({ key, counts }) => (
                              <Table.Td key={key} ta="right">
                                {format.number(counts[place] ?? 0)}
                              </Table.Td>
                            ))}
                          </Table.Tr>
                        ) : null,
                      )}
                    </Table.Tbody>
                  </Table>
                </section>
              )}
              {all > 0 && (
                <ul className={classes.legend}>
                  {shown.map(({ key, total }) => (
                    <li key={key}>
                      <span className={kit.dot} data-tone={lookOf(key).tone} aria-hidden />
                      {word(key)} <b>{format.number(total)}</b>
                    </li>
                  ))}
                </ul>
              )}
              {countedFrom && (
                <p className={kit.hint}>{t('events.countedFrom', { at: format.instant(countedFrom) })}</p>
              )}
            </>
          )
        }}
      </Show>
    </Card>
  )
}

function PerType({ types, choose }: { types: TypeTotal[] | undefined; choose: (type: string) => void }) {
  const { t, format } = useConsole()
  const label = useLabel()
  const shares = types && sharesOf(types)
  const name = (share: Share<TypeTotal>) =>
    share.of ? label(share.of) : t('events.otherTypes', { count: share.types })
  const total = shares?.reduce((sum, share) => sum + share.total, 0) ?? 0
  return (
    <Card title={t('events.perType')} narrow>
      {!shares ? (
        <Loading lines={1} height={220} />
      ) : shares.length === 0 ? (
        <p className={classes.nothing}>{t('events.none')}</p>
      ) : (
        <div className={classes.pie}>
          <div role="img" aria-label={t('events.pie', { count: types?.length ?? 0 })}>
            <Suspense fallback={<Loading lines={1} height={168} />}>
              <TypesPie
                slices={shares.map((share) => ({ name: name(share), value: share.total, color: share.color }))}
                total={format.compact(total)}
              />
            </Suspense>
          </div>
          <table className={classes.ranked} aria-label={t('events.perType')}>
            <thead className={kit.hidden}>
              <tr>
                <th scope="col">{t('column.type')}</th>
                <th scope="col">{t('column.count')}</th>
                <th scope="col">{t('column.share')}</th>
              </tr>
            </thead>
            <tbody>
              {shares.map((share) => (
                <tr key={share.of?.type ?? '…'}>
                  <th scope="row">
                    <span className={classes.swatch} style={{ background: share.color }} aria-hidden />
                    {share.of ? (
                      <UnstyledButton className={classes.slice} onClick={() => share.of && choose(share.of.type)}>
                        <LabelText of={share.of} />
                      </UnstyledButton>
                    ) : (
                      name(share)
                    )}
                  </th>
                  <td>{format.number(share.total)}</td>
                  <td>{format.percent(share.share)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  )
}
