/** How records are named and linked: label first, technical name second. */
import { Title } from '@mantine/core'
import { type Icon, IconBolt, IconChevronRight, IconStack2, IconTerminal2 } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useCallback, useEffect } from 'react'
import type { Kind, Label } from '../../contract/index.ts'
import { useConsole } from './console.tsx'
import classes from './kit.module.css'
import { lookOf } from './looks.ts'
import { type Place, place } from './place.ts'
import { StatusBadge, StatusMark, useStatusWord } from './status.tsx'

export interface Named {
  type: string
  label: Label | null
}

export const KIND_ICONS: Record<Kind, Icon> = { event: IconBolt, command: IconTerminal2, batch: IconStack2 }

const PAGES: Record<Kind, (id: string) => Place> = {
  event: (id) => place('/events/$eventId', { params: { eventId: id } }),
  command: (id) => place('/commands/$commandId', { params: { commandId: id } }),
  batch: (id) => place('/batches/$batchId', { params: { batchId: id } }),
}

export const pathOf = (kind: Kind, id: string) => PAGES[kind](id)

/** The label in the reader's language; a type that the running code does not know is shown as it is stored. */
export function useLabel() {
  const { language } = useConsole()
  return useCallback(({ type, label }: Named) => (label ? label[language === 'en' ? 'en' : 'pt'] : type), [language])
}

export function LabelText({ of }: { of: Named }) {
  const label = useLabel()
  return of.label ? label(of) : <span className={classes.raw}>{of.type}</span>
}

export interface Linked extends Named {
  kind: Kind
  id: string
  status: string
}

/** A link to a record, with how it stands beside it; `bare` where a column or a badge says that already. */
export function RecordLink({ of, withType, bare }: { of: Linked; withType?: boolean; bare?: boolean }) {
  const { t } = useConsole()
  const word = useStatusWord()
  const KindIcon = KIND_ICONS[of.kind]
  return (
    <Link {...pathOf(of.kind, of.id)} className={classes.recordLink}>
      <KindIcon size={17} className={classes.recordIcon} role="img" aria-label={t(`kind.${of.kind}`)} />
      <span className={classes.recordLabel}>
        <LabelText of={of} />
        {!bare && (
          <span className={classes.recordStatus} data-tone={lookOf(of.status).tone}>
            <StatusMark status={of.status} />
            {word(of.status)}
          </span>
        )}
        {withType && of.label && <span className={classes.recordType}>{of.type}</span>}
      </span>
    </Link>
  )
}

/** The document's title follows the page. */
export function PageTitle({ children }: { children: string }) {
  const { t } = useConsole()
  const title = `${children} · ${t('shell.console')}`
  useEffect(() => {
    document.title = title
  }, [title])
  return null
}

export interface Crumb {
  key: string
  label: string
  kind?: Kind
  /** Left out where there is nothing to open. */
  link?: Place
}

export function PageHeader({
  title,
  crumbs = [],
  status,
  children,
  actions,
}: {
  title: string
  crumbs?: readonly Crumb[]
  status?: string
  children?: ReactNode
  actions?: ReactNode
}) {
  const { t } = useConsole()
  return (
    <div className={classes.pageHeader}>
      <PageTitle>{title}</PageTitle>
      {crumbs.length > 0 && (
        <nav aria-label={t('shell.breadcrumbs')}>
          <ol className={classes.crumbs}>
            {crumbs.map(({ key, label, kind, link }) => {
              const KindIcon = kind && KIND_ICONS[kind]
              const inner = (
                <>
                  {KindIcon && <KindIcon size={14} role="img" aria-label={t(`kind.${kind}`)} />}
                  {label}
                </>
              )
              return (
                <li key={key}>
                  {link ? <Link {...link}>{inner}</Link> : <span>{inner}</span>}
                  <IconChevronRight size={14} aria-hidden />
                </li>
              )
            })}
          </ol>
        </nav>
      )}
      <div className={classes.pageHeaderRow}>
        <div className={classes.pageHeaderText}>
          <div className={classes.headline}>
            <Title order={1}>{title}</Title>
            {status && <StatusBadge status={status} large />}
          </div>
          {children && <div className={classes.pageHeaderMeta}>{children}</div>}
        </div>
        {actions && <div className={classes.pageHeaderActions}>{actions}</div>}
      </div>
    </div>
  )
}
