/** Every attempt, latest first: what came of it, what went wrong, and why the next was when it was. */
import type { Attempt } from '../../contract/index.ts'
import { useConsole } from '../kit/console.tsx'
import { ErrorLine } from '../kit/error.tsx'
import kit from '../kit/kit.module.css'
import { lookOf } from '../kit/looks.ts'
import { Ms, When } from '../kit/parts.tsx'
import { useNow } from '../page-kit/index.ts'
import classes from './attempts.module.css'
import { whyInWords } from './retry-words.ts'

const STATUS_OF: Record<Attempt['outcome'], string> = {
  success: 'success',
  error: 'error',
  cancelled: 'cancelled',
  unknown: 'unknown',
  lost: 'unknown',
  snoozed: 'scheduled',
  released: 'pending',
}

export function Attempts({
  attempts,
  inAll,
  waiting,
}: {
  attempts: readonly Attempt[]
  inAll: number
  waiting: boolean
}) {
  const { t, format } = useConsole()
  const now = useNow(1000, waiting)
  const latest = attempts[0]
  if (attempts.length === 0) return <p className={kit.nothing}>{t('attempt.none')}</p>
  return (
    <>
      <ol className={classes.attempts} reversed start={inAll}>
        {attempts.map((attempt) => {
          const { tone, icon: Icon } = lookOf(STATUS_OF[attempt.outcome])
          return (
            <li key={attempt.claimNo} className={classes.attempt}>
              <span className={classes.mark} data-tone={tone}>
                <Icon size={16} aria-hidden />
              </span>
              <div className={classes.body}>
                <div className={classes.head}>
                  <b>{t('attempt.number', { number: attempt.claimNo })}</b>
                  <span className={kit.badge} data-tone={tone}>
                    {t(`attempt.outcome.${attempt.outcome}`)}
                  </span>
                  {attempt.final && <span className={kit.hint}>{t('attempt.final')}</span>}
                </div>
                <div className={kit.hint}>
                  {attempt.startedAt ? <When at={attempt.startedAt} exact /> : t('attempt.notStarted')} ·{' '}
                  <Ms ms={attempt.ms} /> ·{' '}
                  {attempt.daemonId === null
                    ? t('attempt.decided')
                    : `${t('attempt.by')} ${attempt.daemonHost ?? attempt.daemonId.slice(0, 8)}`}
                </div>
                {attempt.error && <ErrorLine of={attempt.error} />}
                {attempt.nextAt && (
                  <p className={classes.next}>
                    {t('attempt.nextAt')} <When at={attempt.nextAt} exact />
                    {attempt === latest && waiting && ` (${format.ago(attempt.nextAt, now)})`}
                    {attempt.nextWhy && `: ${whyInWords(attempt.nextWhy, t, format.ms)}`}
                  </p>
                )}
              </div>
            </li>
          )
        })}
      </ol>
      {inAll > attempts.length && <p className={kit.hint}>{t('attempt.more', { count: inAll - attempts.length })}</p>}
    </>
  )
}
