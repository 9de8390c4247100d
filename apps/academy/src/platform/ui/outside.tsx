/** The frame of pages that need no sign-in. */

import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './kit.module.css'
import { Logo } from './logo.tsx'
import { PreferenceMenus } from './preference-menus.tsx'
import { ConnectionBanner } from './states.tsx'

export function Outside({ children, tools }: { children: ReactNode; tools?: ReactNode }) {
  const { t } = useTranslation()
  return (
    <>
      <a className={classes.skip} href="#main">
        {t('shell.skip')}
      </a>
      <header className={classes.outsideHeader}>
        <div className={classes.headerRow}>
          <Link to="/" className={classes.brand}>
            <Logo size={32} />
            <span className={classes.outsideWordmark}>{t('app.name')}</span>
          </Link>
          <div className={classes.outsideTools}>
            <PreferenceMenus />
            {tools}
          </div>
        </div>
      </header>
      <ConnectionBanner />
      <main id="main" tabIndex={-1} className={classes.outsideMain}>
        {children}
        {/* Lists, calendars and dialogs that open stand here: inside of a landmark, and as wide as the window. */}
        <div data-mantine-shared-portal-node="true" />
      </main>
    </>
  )
}
