/** What went wrong, as the handler said it; the stack for whoever asks. */
import { IconCircleX } from '@tabler/icons-react'
import type { RecordedError } from '../../contract/index.ts'
import { useConsole } from './console.tsx'
import classes from './kit.module.css'

export function ErrorBox({ of }: { of: RecordedError }) {
  const { t } = useConsole()
  return (
    <div className={classes.error}>
      <div className={classes.errorTitle}>
        <IconCircleX size={18} aria-hidden />
        <span>{of.class ?? t('error.unnamed')}</span>
      </div>
      <p className={classes.errorText}>{of.message ?? t('error.noMessage')}</p>
      {of.stack && <Stack text={of.stack} />}
    </div>
  )
}

/** The same in a line, where the page has the box already. */
export function ErrorLine({ of }: { of: RecordedError }) {
  const { t } = useConsole()
  return (
    <div>
      <p className={classes.errorLine}>
        {of.class && <b>{of.class}: </b>}
        {of.message ?? t('error.noMessage')}
      </p>
      {of.stack && <Stack text={of.stack} />}
    </div>
  )
}

function Stack({ text }: { text: string }) {
  const { t } = useConsole()
  return (
    <details className={classes.details}>
      <summary>{t('error.stack')}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className={classes.stack} tabIndex={0}>
        {text}
      </pre>
    </details>
  )
}
