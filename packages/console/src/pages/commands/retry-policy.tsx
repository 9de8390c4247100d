/** How often and after how long a command of this type is tried again, with the waits drawn as a line of steps. */

import { useConsole } from '../kit/console.tsx'
import type { AnswerOf, getCommand } from '../kit/endpoints.ts'
import kit from '../kit/kit.module.css'
import { plannedWaits } from './retry-words.ts'

export function RetryPolicy({ policy, used }: { policy: AnswerOf<typeof getCommand>['retry']; used: number }) {
  const { t, format } = useConsole()
  if (!policy) return <p className={kit.nothing}>{t('retry.notKnown')}</p>
  const waits = plannedWaits(policy)
  return (
    <div>
      <p className={kit.tight}>
        {policy.attempts === 1
          ? t('retry.never')
          : t(`retry.${policy.backoff}`, {
              count: policy.attempts,
              base: format.ms(policy.baseMs),
              cap: format.ms(policy.capMs),
            })}
      </p>
      {waits.length > 0 && policy.backoff !== 'none' && (
        <ol className={kit.steps} aria-label={t('retry.waits')}>
          {waits.map((ms, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the steps of a policy keep their places
            <li key={index} data-past={index < used}>
              {policy.jitter === 'full' && '≤ '}
              {format.ms(ms)}
            </li>
          ))}
          {policy.attempts - 1 > waits.length && <li>…</li>}
        </ol>
      )}
      <p className={kit.hint}>
        {policy.jitter === 'full' && policy.attempts > 1 && policy.backoff !== 'none' && `${t('retry.jitter')} `}
        {t('retry.timeout', { timeout: format.ms(policy.timeoutMs) })}
      </p>
    </div>
  )
}
