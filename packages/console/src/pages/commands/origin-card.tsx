/** Where a command comes from, as a sentence with a link, for each way a command can come about. */
import { IconClockPlay, IconHandFinger, IconRepeat } from '@tabler/icons-react'
import type { CommandOrigin } from '../../contract/index.ts'
import { useConsole } from '../kit/console.tsx'
import kit from '../kit/kit.module.css'
import { When } from '../kit/parts.tsx'
import { KIND_ICONS, RecordLink } from '../kit/record.tsx'
import { Rich } from '../kit/rich.tsx'
import type { Target } from '../workflows/record-header.tsx'

export function originTarget(origin: CommandOrigin): Target | undefined {
  switch (origin.kind) {
    case 'event':
      return origin.event
    case 'command':
      return origin.command
    case 'reprocess':
      return origin.original
    case 'batch':
    case 'batch-failure':
      return origin.batch
    default:
      return undefined
  }
}

const ICONS = {
  event: KIND_ICONS.event,
  command: KIND_ICONS.command,
  reprocess: IconRepeat,
  batch: KIND_ICONS.batch,
  'batch-failure': KIND_ICONS.batch,
  schedule: IconClockPlay,
  direct: IconHandFinger,
}

export function OriginSentence({ of: origin }: { of: CommandOrigin }) {
  const Icon = ICONS[origin.kind]
  return (
    <div className={kit.origin}>
      <span className={kit.originIcon}>
        <Icon size={20} aria-hidden />
      </span>
      <div>
        <Sentence of={origin} />
      </div>
    </div>
  )
}

function Sentence({ of: origin }: { of: CommandOrigin }) {
  const { t } = useConsole()
  switch (origin.kind) {
    case 'event':
      return (
        <>
          <Rich text="origin.event" nodes={{ event: <RecordLink of={origin.event} /> }} />
          <div className={kit.hint}>
            {t('origin.handler')} <span className={kit.raw}>{origin.handler}</span>
          </div>
        </>
      )
    case 'command':
      return <Rich text="origin.command" nodes={{ command: <RecordLink of={origin.command} /> }} />
    case 'reprocess':
      return (
        <>
          <Rich
            text="origin.reprocess"
            values={{ author: origin.authorName ?? origin.author }}
            nodes={{ command: <RecordLink of={origin.original} /> }}
          />
          <div className={kit.quote}>{origin.reason}</div>
        </>
      )
    case 'batch':
      return origin.releasedAt ? (
        <Rich
          text="origin.batchReleased"
          nodes={{ batch: <RecordLink of={origin.batch} />, at: <When at={origin.releasedAt} exact /> }}
        />
      ) : (
        <Rich text="origin.batchAwaited" nodes={{ batch: <RecordLink of={origin.batch} /> }} />
      )
    case 'batch-failure':
      return <Rich text="origin.batchFailure" nodes={{ batch: <RecordLink of={origin.batch} /> }} />
    case 'schedule':
      return <>{t('origin.schedule')}</>
    case 'direct':
      return <>{t('origin.direct')}</>
  }
}
