/** What surrounds every page of somebody who is signed in: header, navigation, and the place where the page goes. */
import { useFocusOnNavigation } from '@cascata/console/page-kit'
import { Menu, Popover, Text, UnstyledButton } from '@mantine/core'
import {
  IconBuilding,
  IconChevronDown,
  IconLogout,
  IconSchool,
  IconSitemap,
  IconUserCircle,
  IconUsers,
} from '@tabler/icons-react'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { Suspense, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './kit.module.css'
import { Logo } from './logo.tsx'
import { type HeaderItem, isAt, type NavEntry, type NavGroup, navEntriesOf, type Page } from './page.ts'
import { PreferenceMenus } from './preference-menus.tsx'
import { useAway, usePerson, useSessionActions } from './session.tsx'
import { ConnectionBanner } from './states.tsx'
import { toast } from './toast.tsx'
import { LeaveGuard, mayLeave } from './unsaved.tsx'

export default function Shell({ pages, headerItems }: { pages: readonly Page[]; headerItems: readonly HeaderItem[] }) {
  const { t } = useTranslation()
  const person = usePerson()
  const { changeLocale } = useSessionActions()
  const nav = navEntriesOf(pages, person.role)
  const items = headerItems.filter(({ roles }) => roles.includes(person.role)).sort((a, b) => a.order - b.order)
  const here = useRouterState({ select: (state) => state.location.pathname })
  const isHere = (page: Page) => isAt(pages, person.role, here, page)
  const away = useAway()
  const main = useFocusOnNavigation()
  const navigation = useActiveInView()

  return (
    <>
      <a className={classes.skip} href="#main">
        {t('shell.skip')}
      </a>
      <header className={classes.header}>
        <div className={classes.headerRow}>
          <Link to="/app" className={classes.brand}>
            <Logo />
            <span className={classes.wordmark}>{t('app.name')}</span>
            <span className={classes.institution}>
              {/* The administrator belongs to no institution but to the system. */}
              {person.role === 'administrator' ? t('role.administrator') : person.institution.name}
            </span>
          </Link>
          <nav ref={navigation} className={classes.nav} aria-label={t('shell.navigation')}>
            {nav.map((entry) =>
              entry.kind === 'page' ? (
                <NavLink key={entry.page.path} page={entry.page} isHere={isHere(entry.page)} />
              ) : (
                <GroupLinks key={entry.group} {...entry} isHere={isHere} />
              ),
            )}
          </nav>
          <div className={classes.tools}>
            {items.map(({ order, component: Item }) => (
              <Suspense key={order}>
                <Item />
              </Suspense>
            ))}
            <PreferenceMenus onLanguage={(language) => void changeLocale(language).catch(() => {})} />
            <UserMenu />
          </div>
        </div>
      </header>
      <ConnectionBanner away={away} />
      <main id="main" ref={main} tabIndex={-1} className={classes.main}>
        <div className={classes.page}>
          <Outlet />
        </div>
        {/* Lists, calendars and dialogs that open stand here: inside of a landmark, and as wide as the window. */}
        <div data-mantine-shared-portal-node="true" />
      </main>
      <LeaveGuard />
    </>
  )
}

function NavLink({ page: { path, nav }, isHere }: { page: Page; isHere: boolean }) {
  const { t } = useTranslation()
  if (!nav) return null
  return (
    <Link
      to={path}
      className={classes.navLink}
      data-active={isHere || undefined}
      aria-current={isHere ? 'page' : undefined}
    >
      <nav.icon size={18} stroke={1.8} aria-hidden />
      {nav.label(t)}
    </Link>
  )
}

const GROUP_ICONS: Record<NavGroup, typeof IconUsers> = {
  course: IconSchool,
  people: IconUsers,
  structure: IconSitemap,
  institution: IconBuilding,
}

/** Links behind a button: a menu of commands would take the way of going through links from screen readers. */
function GroupLinks({ group, pages, isHere }: NavEntry & { kind: 'group' } & { isHere: (page: Page) => boolean }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const GroupIcon = GROUP_ICONS[group]
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" trapFocus shadow="md" withRoles={false}>
      <Popover.Target>
        <UnstyledButton
          className={classes.navLink}
          data-active={pages.some(isHere) || undefined}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <GroupIcon size={18} stroke={1.8} aria-hidden />
          {t(`shell.group.${group}`)}
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p={4}>
        <nav aria-label={t(`shell.group.${group}`)} className={classes.groupLinks}>
          {pages.map((page) => (
            <Link
              key={page.path}
              to={page.path}
              aria-current={isHere(page) ? 'page' : undefined}
              onClick={() => setOpen(false)}
            >
              {page.nav && <page.nav.icon size={18} stroke={1.8} aria-hidden />}
              {page.nav?.label(t)}
            </Link>
          ))}
        </nav>
      </Popover.Dropdown>
    </Popover>
  )
}

/** Where the navigation goes on beyond the screen, its end fades out. */
const FADING_PX = 24

/** On a phone the navigation may be wider than the screen: where one is must not lie outside of it. */
function useActiveInView() {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const nav = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path is the reason to look
  useEffect(() => {
    const active = nav.current?.querySelector<HTMLElement>('[data-active]')
    if (!nav.current || !active) return
    const start = active.offsetLeft - nav.current.offsetLeft
    const end = start + active.offsetWidth + FADING_PX
    if (start < nav.current.scrollLeft) nav.current.scrollLeft = start
    if (end > nav.current.scrollLeft + nav.current.clientWidth) nav.current.scrollLeft = end - nav.current.clientWidth
  }, [path])
  return nav
}

/** Of the names, not of the `da` between them; of an address, which stands for whoever has given no name, the first letter. */
const initialsOf = (name: string) => {
  const all = name.split(/\s+/)
  const names = all.filter((word) => /^\p{Lu}/u.test(word))
  const words = names.length > 0 ? names : all.slice(0, 1)
  return [words[0], words.length > 1 ? words.at(-1) : ''].map((word) => word?.charAt(0).toUpperCase() ?? '').join('')
}

function UserMenu() {
  const { t } = useTranslation()
  const person = usePerson()
  const { signOut } = useSessionActions()
  const [leaving, setLeaving] = useState(false)
  const leave = async () => {
    if (!(await mayLeave())) return
    setLeaving(true)
    try {
      await signOut()
    } catch {
      setLeaving(false)
      toast('bad', t('session.signOutFailed'), t('problem.unreachable'))
    }
  }
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <UnstyledButton className={classes.user} aria-label={t('shell.userMenu', { name: person.name })}>
          {/* A picture, not a text: the button's name is said in full. */}
          <span className={classes.initials} data-initials={initialsOf(person.name)} aria-hidden="true" />
          <IconChevronDown size={14} aria-hidden className={classes.userChevron} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={classes.userFacts}>
          <Text fw={600} truncate>
            {person.name}
          </Text>
          <Text size="sm" c="dimmed" truncate>
            {person.email}
          </Text>
          <Text size="sm" c="dimmed">
            {t(`role.${person.role}`)}
          </Text>
        </div>
        <Menu.Divider />
        <Menu.Item component={Link} to="/app/account" leftSection={<IconUserCircle size={16} aria-hidden />}>
          {t('shell.account')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLogout size={16} aria-hidden />}
          disabled={leaving}
          closeMenuOnClick={false}
          onClick={() => void leave()}
        >
          {leaving ? t('session.signingOut') : t('session.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
