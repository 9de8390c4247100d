/** The causes of what fails now, most first: shown only while there are any. */
import { Link } from '@tanstack/react-router'
import { useConsole } from '../kit/console.tsx'
import type { AnswerOf, getOverview } from '../kit/endpoints.ts'
import kit from '../kit/kit.module.css'
import { Card } from '../kit/parts.tsx'
import { KIND_ICONS, LabelText, pathOf } from '../kit/record.tsx'
import { DataTable } from '../kit/table.tsx'
import { useNow } from '../page-kit/index.ts'

type Causes = AnswerOf<typeof getOverview>['failing']['causes']

export function Failing({ causes }: { causes: Causes }) {
  const { t, format } = useConsole()
  const now = useNow(5_000)
  const ago = (at: string) => (
    <time dateTime={at} title={format.exact(at)}>
      {format.ago(at, Math.max(now, Date.parse(at)))}
    </time>
  )
  if (causes.length === 0) return null
  return (
    <Card title={t('failing.title')} hint={t('failing.hint')} flush>
      <DataTable
        label={t('failing.title')}
        rows={causes}
        keyOf={(cause) => cause.example}
        columns={[
          {
            head: t('column.type'),
            rowHeader: true,
            cell: (cause) => {
              const KindIcon = KIND_ICONS[cause.kind]
              return (
                <Link {...pathOf(cause.kind, cause.example)} className={kit.recordLink}>
                  <KindIcon size={17} className={kit.recordIcon} role="img" aria-label={t(`kind.${cause.kind}`)} />
                  <span className={kit.recordLabel}>
                    <LabelText of={cause} />
                    {cause.handler && <span className={kit.recordType}>{cause.handler}</span>}
                  </span>
                </Link>
              )
            },
          },
          {
            head: t('failing.error'),
            wide: true,
            cell: ({ error }) => (
              <>
                {error.class && <strong>{error.class}</strong>} {error.message}
              </>
            ),
          },
          { head: t('failing.affected'), numeric: true, cell: ({ count }) => format.number(count) },
          {
            head: t('failing.retrying'),
            numeric: true,
            cell: ({ retrying }) => format.number(retrying),
          },
          { head: t('failing.since'), cell: ({ since }) => ago(since) },
          { head: t('failing.latest'), cell: ({ latest }) => ago(latest) },
        ]}
      />
    </Card>
  )
}
