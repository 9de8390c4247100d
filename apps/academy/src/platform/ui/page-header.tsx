/** The top of a page: where it lies, its heading, what can be done here; and the document's title. */
import { Title } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './kit.module.css'

/** Set by effect: of two `<title>` elements the browser would show the first, and the page's own comes second. */
export function PageTitle({ children }: { children: string }) {
  const { t } = useTranslation()
  const title = `${children} · ${t('app.name')}`
  useEffect(() => {
    document.title = title
  }, [title])
  return null
}

interface Crumb {
  label: string
  to: string
  params?: Record<string, string>
  search?: Record<string, string>
}

export function PageHeader({
  title,
  crumbs = [],
  children,
  actions,
}: {
  title: string
  crumbs?: readonly Crumb[]
  children?: ReactNode
  actions?: ReactNode
}) {
  const { t } = useTranslation()
  return (
    <div className={classes.pageHeader}>
      <PageTitle>{title}</PageTitle>
      {crumbs.length > 0 && (
        <nav aria-label={t('shell.breadcrumbs')}>
          <ol className={classes.crumbs}>
            {crumbs.map(({ label, to, params, search }, place) => (
              <li key={label}>
                {place > 0 && <IconChevronRight size={14} aria-hidden />}
                <Link
                  to={to}
                  {...(params ? { params: params as never } : {})}
                  {...(search ? { search: search as never } : {})}
                >
                  {label}
                </Link>
              </li>
            ))}
          </ol>
        </nav>
      )}
      <div className={classes.pageHeaderRow}>
        <div className={classes.pageHeaderText}>
          <Title order={1}>{title}</Title>
          {children && <div className={classes.pageHeaderMeta}>{children}</div>}
        </div>
        {actions && <div className={classes.pageHeaderActions}>{actions}</div>}
      </div>
    </div>
  )
}
