/** What a `*.page.tsx` gives to the application: pages, and small things that live in the header. */
import type { Icon } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import type { ComponentType } from 'react'
import type { Role } from '../http/endpoint.ts'

export type Words = (t: TFunction) => string

/** Pages of one kind share a menu of the header: staff and students have more of them than fit into a row. */
export const NAV_GROUPS = ['course', 'people', 'structure', 'institution'] as const
export type NavGroup = (typeof NAV_GROUPS)[number]

export interface Page {
  /** Path with parameters as `$name`, e.g. `/app/classes/$classId`. Roles that look at a thing differently share its path. */
  path: string
  /** The document's title; a page with data sets a better one through its `PageHeader`. */
  title: Words
  /** `public` pages have no shell and need no sign-in. */
  access: 'public' | readonly Role[]
  /** Link in the header; where `/app` leads is the first of the role. */
  nav?: { label: Words; icon: Icon; order: number; group?: NavGroup }
  /** The page of the navigation, by role, that this one is a part of, where its own path does not lie below it. */
  partOf?: Partial<Record<Role, string>>
  component: ComponentType
}

export interface HeaderItem {
  order: number
  roles: readonly Role[]
  component: ComponentType
}

export const definePage = (page: Page): Page => page
export const defineHeaderItem = (item: HeaderItem): HeaderItem => item

/** Where a role lands after sign-in. */
export function homeOf(pages: readonly Page[], role: Role): Page | undefined {
  return navOf(pages, role)[0]
}

export function navOf(pages: readonly Page[], role: Role): Page[] {
  return pages
    .filter((page) => page.nav && page.access !== 'public' && page.access.includes(role))
    .sort((a, b) => (a.nav?.order ?? 0) - (b.nav?.order ?? 0))
}

export type NavEntry = { kind: 'page'; page: Page } | { kind: 'group'; group: NavGroup; pages: readonly Page[] }

/** A group stands where its first page would; one page needs no menu. */
export function navEntriesOf(pages: readonly Page[], role: Role): NavEntry[] {
  const nav = navOf(pages, role)
  return nav.flatMap((page): NavEntry[] => {
    const group = page.nav?.group
    const pagesOfGroup = nav.filter((other) => other.nav?.group === group)
    if (!group || pagesOfGroup.length === 1) return [{ kind: 'page', page }]
    return pagesOfGroup[0] === page ? [{ kind: 'group', group, pages: pagesOfGroup }] : []
  })
}

/** Whether the reader is at the page of the navigation, below it, or at a page that says that it is a part of it. */
export function isAt(pages: readonly Page[], role: Role, at: string, nav: Page): boolean {
  const isBelow = (path: string) => at === path || at.startsWith(`${path}/`)
  const matches = ({ path }: Page) => new RegExp(`^${path.replaceAll(/\$\w+/g, '[^/]+')}$`).test(at)
  return isBelow(nav.path) || pages.some((page) => page.partOf?.[role] === nav.path && matches(page))
}

/** Their own account: all that is open to an administrator who has no second factor yet. */
export const ACCOUNT_PATH = '/app/account'

/** The page after signing in; `to` is what they asked for before. */
export function pathAfter({ authenticatorNeeded }: { authenticatorNeeded: boolean }, to: unknown): string {
  const path = safeReturnPath(to)
  if (!authenticatorNeeded) return path
  return path === '/app' ? ACCOUNT_PATH : `${ACCOUNT_PATH}?${new URLSearchParams({ to: path })}`
}

/** Only a path of this application or of its console is a place to return to: an address given from outside must not lead out. */
export function safeReturnPath(wanted: unknown): string {
  if (typeof wanted !== 'string' || !/^\/(app|adm)(\/|$|\?)/.test(wanted)) return '/app'
  // Browsers read a backslash as a slash, and drop tabs and line ends.
  return /[\\\s]/.test(wanted) ? '/app' : wanted
}
