/** What surrounds every page: where one is and can go, how live it is, and whether anybody works at all. */
import { ActionIcon, Menu, Text, Tooltip, UnstyledButton } from '@mantine/core'
import {
  IconArrowLeft,
  IconBolt,
  IconChevronDown,
  IconDatabase,
  IconDoorExit,
  IconGauge,
  IconHelp,
  IconLogout,
  IconStack2,
  IconTerminal2,
} from '@tabler/icons-react'
import { Link, Outlet, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useRef, useState } from 'react'
import type { Label } from '../../contract/index.ts'
import { useHost } from '../host.tsx'
import { isAway, useAsk, useProblemText } from '../kit/api.tsx'
import { useConsole } from '../kit/console.tsx'
import { getMe, getOverview } from '../kit/endpoints.ts'
import { Failed, Loading } from '../kit/states.tsx'
import { useFailure, useFocusOnNavigation, useIsSomethingMissing, useKeptFocus } from '../page-kit/index.ts'
import type { DialogName } from './dialogs.tsx'
import { LiveSwitch, useLive } from './live.tsx'
import { Logo } from './logo.tsx'
import { LanguageSwitch, ThemeSwitch, ZoneSwitch } from './preferences.tsx'
import classes from './shell.module.css'
import { useShortcuts } from './shortcuts.tsx'

const Dialogs = lazy(() => import('./dialogs.tsx'))

const NAV = [
  { to: '/', key: 'g o', label: 'nav.overview', icon: IconGauge, exact: true },
  { to: '/events', key: 'g e', label: 'nav.events', icon: IconBolt, exact: false },
  { to: '/commands', key: 'g c', label: 'nav.commands', icon: IconTerminal2, exact: false },
  { to: '/batches', key: 'g b', label: 'nav.batches', icon: IconStack2, exact: false },
  { to: '/partitions', key: 'g p', label: 'nav.partitions', icon: IconDatabase, exact: false },
] as const

export function Shell() {
  const { t } = useConsole()
  const host = useHost()
  const main = useFocusOnNavigation()
  useKeptFocus()
  const navigate = useNavigate()
  const me = useAsk(getMe, {})
  const { problem, retry } = useFailure(me)
  const [dialog, setDialog] = useState<DialogName>()
  const asked = useRef(false)
  asked.current ||= dialog !== undefined
  const live = useLive()
  const paused = live.state === 'paused'

  useShortcuts([
    ...NAV.map(({ to, key, label }) => ({ keys: key, label: t(label), run: () => void navigate({ to }) })),
    { keys: 'g i', label: t('keys.find'), run: () => setDialog('find') },
    { keys: 'p', label: t(paused ? 'live.resume' : 'live.pause'), run: paused ? live.resume : live.pause },
    { keys: '?', label: t('keys.help'), run: () => setDialog('help') },
  ])

  return (
    <>
      <a className={classes.skip} href="#main">
        {t('shell.skip')}
      </a>
      <header className={classes.header}>
        <div className={classes.row}>
          <HomeLink />
          <Link to="/" className={classes.brand}>
            {host.mark ?? <Logo />}
            <span className={classes.wordmark}>{host.name}</span>
            <span className={classes.section}>{t('shell.console')}</span>
          </Link>
          <nav className={classes.nav} aria-label={t('shell.navigation')}>
            {NAV.map(({ to, label, icon: Icon, exact }) => (
              <Link
                key={to}
                to={to}
                className={classes.navLink}
                activeOptions={{ exact, includeSearch: false }}
                activeProps={{ 'data-active': true, 'aria-current': 'page' }}
              >
                <Icon size={18} stroke={1.8} aria-hidden />
                {t(label)}
              </Link>
            ))}
          </nav>
          <div className={classes.tools}>
            <LiveSwitch />
            <ZoneSwitch />
            <LanguageSwitch />
            <ThemeSwitch />
            <Tooltip label={t('keys.help')}>
              <ActionIcon
                className={classes.helpButton}
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={t('keys.help')}
                onClick={() => setDialog('help')}
              >
                <IconHelp size={20} aria-hidden />
              </ActionIcon>
            </Tooltip>
            {me.data && <UserMenu name={me.data.name} role={me.data.role} />}
          </div>
        </div>
      </header>
      {me.data && <Banner />}
      <main id="main" ref={main} tabIndex={-1} className={classes.main}>
        <div className={classes.page}>
          {me.data ? <Outlet /> : problem ? <Failed page problem={problem} retry={retry} /> : <Loading />}
        </div>
        {/* Lists, calendars and dialogs that open stand here: inside of a landmark, and as wide as the window. */}
        <div data-mantine-shared-portal-node="true" />
      </main>
      {asked.current && (
        <Suspense>
          <Dialogs shown={dialog} close={() => setDialog(undefined)} />
        </Suspense>
      )}
    </>
  )
}

/** Without a database, or without a daemon, everything looks calm: nothing moves. So it is said on every page. */
function Banner() {
  const { t } = useConsole()
  const text = useProblemText()
  const { daemonCommand } = useHost()
  const { state } = useLive()
  const overview = useAsk(getOverview, {}, { live: ['daemon'], everyMs: state !== 'paused' && 10_000 })
  // The reason for asking again is there at once, the failure only after the last try; it stays while the next try is under way.
  const { problem } = useFailure(overview)
  const reason = problem ?? overview.failureReason
  const away = reason && isAway(reason)
  const isSomethingMissing = useIsSomethingMissing()
  return (
    <div role="status">
      {away && (
        <div className={classes.banner} data-tone="bad">
          <span>
            {text(reason)} {t('state.tryingAgain')}
          </span>
          <span>{t(isSomethingMissing ? 'state.missing' : 'state.stale')}</span>
        </div>
      )}
      {!away && overview.data?.noDaemon && (
        <div className={classes.banner} data-tone="bad">
          <span>{t('daemon.none')}</span>
          <span>
            {t('daemon.start')} <code>{daemonCommand}</code>
          </span>
        </div>
      )}
    </div>
  )
}

/** Out of the console: the application's own page, not one of the console's. */
function HomeLink() {
  const { t } = useConsole()
  const { href, label } = useHost().home
  const text = useHostLabel()(label)
  return (
    <Tooltip label={t('shell.leave', { name: text })} events={{ hover: true, focus: true, touch: false }}>
      <a className={classes.home} href={href} aria-label={t('shell.leave', { name: text })}>
        <IconArrowLeft size={18} stroke={1.8} aria-hidden />
        <span className={classes.homeWord}>{text}</span>
      </a>
    </Tooltip>
  )
}

function useHostLabel() {
  const { language } = useConsole()
  return ({ en, pt }: Label) => (language === 'en' ? en : pt)
}

const initialsOf = (name: string) => {
  const words = name.split(/\s+/).filter((word) => /^\p{Lu}/u.test(word))
  return [words[0], words.length > 1 ? words.at(-1) : ''].map((word) => word?.charAt(0) ?? '').join('')
}

function UserMenu({ name, role }: { name: string; role: 'viewer' | 'operator' | 'admin' }) {
  const { t } = useConsole()
  const { home, links = [], signOut } = useHost()
  const label = useHostLabel()
  const [stayed, setStayed] = useState(false)
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <UnstyledButton className={classes.user} aria-label={t('shell.userMenu', { name })}>
          {/* Drawn, not written: what is seen would have to be part of the button's name. */}
          <span className={classes.initials} data-initials={initialsOf(name)} aria-hidden />
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.userFacts}>
          <Text fw={600} truncate>
            {name}
          </Text>
          <Text size="sm" c="dimmed">
            {t(`role.${role}`)}
          </Text>
        </div>
        <Menu.Divider />
        {links.map((link) => (
          <Menu.Item key={link.href} component="a" href={link.href} leftSection={link.icon}>
            {label(link.label)}
          </Menu.Item>
        ))}
        <Menu.Item component="a" href={home.href} leftSection={<IconDoorExit size={16} aria-hidden />}>
          {t('shell.leave', { name: label(home.label) })}
        </Menu.Item>
        {signOut && (
          <Menu.Item
            leftSection={<IconLogout size={16} aria-hidden />}
            closeMenuOnClick={false}
            onClick={() => {
              setStayed(false)
              signOut().catch(() => setStayed(true))
            }}
          >
            {t('shell.signOut')}
          </Menu.Item>
        )}
        {stayed && (
          <Text role="alert" size="sm" className={classes.stayed}>
            {t('shell.signOutFailed')}
          </Text>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
