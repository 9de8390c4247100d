/** A button that copies, and says whether it did: at its place, and to screen readers. */
import { ActionIcon, Tooltip, VisuallyHidden } from '@mantine/core'
import { IconCheck, IconCopy, type IconLink } from '@tabler/icons-react'
import { useCopy } from '../page-kit/copy.ts'
import { useConsole } from './console.tsx'

const SAID_MS = 2_000

export function Copy({
  text,
  label,
  insteadLabel,
  icon = IconCopy,
  size,
  quiet,
}: {
  text: string
  label: string
  /** The way that is left to a reader whose browser does not copy. */
  insteadLabel?: string
  icon?: typeof IconLink
  size: 24 | 28 | 32
  /** Among the words of a page the button has no frame. */
  quiet?: boolean
}) {
  const { t } = useConsole()
  const { copy, copied, reset } = useCopy({ saidMs: SAID_MS })
  const failed = copied === false && `${t('copy.failed')} ${insteadLabel ?? t('copy.selectText')}`
  const said = failed || (copied ? t('copy.done') : undefined)
  const Icon = copied ? IconCheck : icon
  return (
    <>
      <Tooltip
        label={said ?? label}
        {...(said ? { opened: true } : {})}
        {...(failed ? { multiline: true, w: 240 } : {})}
      >
        <ActionIcon
          {...(quiet ? { variant: 'subtle', color: 'gray' } : { variant: 'default' })}
          size={size}
          aria-label={label}
          onClick={() => copy(text)}
          onBlur={reset}
          onPointerLeave={() => copied && reset()}
        >
          <Icon size={size / 2 + 2} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <VisuallyHidden role="status">{said}</VisuallyHidden>
    </>
  )
}
