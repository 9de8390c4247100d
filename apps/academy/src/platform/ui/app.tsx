/** Puts pages, shell, session and router together. The application gives the pages and says how accounts work. */
import { TOOLTIP_AFTER_MS, useFailure, useKeptFocus } from '@cascata/console/page-kit'
import { localStorageColorSchemeManager, MantineProvider, Tooltip } from '@mantine/core'
import { IconDoor } from '@tabler/icons-react'
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
  redirect,
  useParams,
  useRouterState,
} from '@tanstack/react-router'
import type { i18n as I18n } from 'i18next'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { I18nextProvider, useTranslation } from 'react-i18next'
import type { Role } from '../http/endpoint.ts'
import { Announcements } from './announcements.tsx'
import { ApiProvider, type Call } from './api.tsx'
import { HomeLink } from './home-link.tsx'
import classes from './kit.module.css'
import { ACCOUNT_PATH, type HeaderItem, homeOf, type Page } from './page.ts'
import { PageTitle } from './page-header.tsx'
import { languageWasChosen, STORED_THEME, usePreferredLanguage } from './preferences.tsx'
import { Redirect } from './redirect.tsx'
import {
  type Accounts,
  AccountsProvider,
  onSignedOut,
  PersonProvider,
  sessionQuery,
  usePerson,
  useSession,
} from './session.tsx'
import { Failed, Loading, Message, NoPermission, NotFound } from './states.tsx'
import { styleNonce } from './style-nonce.ts'
import { cssVariables, theme } from './theme.ts'
import { Toasts } from './toast.tsx'

const Shell = lazy(() => import('./shell.tsx'))

const SIGN_IN_PATH = '/app/sign-in'

/** What the sign-in page is told: where to go afterwards, unless that is where everybody goes. */
const returnTo = (asked: string) => (asked === '/app' ? {} : { to: asked })

export interface AcademyParts {
  pages: readonly Page[]
  headerItems: readonly HeaderItem[]
  /** The path to which `/app` leads a role that does not start at its first page: one of the console. */
  homes?: Partial<Record<Role, string>>
  accounts: Accounts
  call: Call
  queries: QueryClient
  i18n: I18n
}

export function createAcademy({ pages, headerItems, homes = {}, accounts, call, queries, i18n }: AcademyParts) {
  // A server that does not answer is no reason to ask for a password: the shell then says what is wrong.
  const whoIsThere = () => queries.ensureQueryData(sessionQuery(accounts)).catch(() => undefined)

  const root = createRootRoute({ component: Root, notFoundComponent: Lost })
  const shell = createRoute({
    getParentRoute: () => root,
    id: 'shell',
    // The door to all pages but the public ones. What was asked for is kept, and opened after sign-in.
    beforeLoad: async ({ location }) => {
      const person = await whoIsThere()
      if (person === null) throw redirect({ to: SIGN_IN_PATH, search: returnTo(location.href) as never, replace: true })
      if (person?.authenticatorNeeded && location.pathname !== ACCOUNT_PATH) {
        throw redirect({ to: ACCOUNT_PATH, search: returnTo(location.href) as never, replace: true })
      }
    },
    component: () => <SignedIn pages={pages} headerItems={headerItems} />,
  })
  const routes = [...Map.groupBy(pages, ({ path }) => path)].map(([path, ofPath]) => {
    const isPublic = ofPath.some(({ access }) => access === 'public')
    const route = createRoute({
      getParentRoute: () => (isPublic ? root : shell),
      path,
      component: () => <PageOf pages={ofPath} />,
    })
    return { isPublic, route }
  })
  // A path with a splat also takes what lies before it: `/app` itself, and whatever below it is no page.
  const rest = createRoute({
    getParentRoute: () => shell,
    path: '/app/$',
    beforeLoad: async ({ params }) => {
      const person = params._splat ? undefined : await whoIsThere()
      const elsewhere = person && homes[person.role]
      if (elsewhere) {
        window.location.replace(elsewhere)
        await new Promise(() => {}) // the browser goes, and nothing is drawn meanwhile
      }
      const home = person && homeOf(pages, person.role)
      if (home) throw redirect({ to: home.path, replace: true })
    },
    component: () => <Rest pages={pages} />,
  })
  const inside = routes.filter(({ isPublic }) => !isPublic).map(({ route }) => route)
  const outside = routes.filter(({ isPublic }) => isPublic).map(({ route }) => route)
  const router = createRouter({
    routeTree: root.addChildren([shell.addChildren([rest, ...inside]), ...outside]),
    scrollRestoration: true,
    defaultPreload: false,
    defaultPendingComponent: Pending,
    defaultPendingMs: 150,
  })
  onSignedOut(queries, (byChoice) => {
    const search = byChoice ? {} : returnTo(router.state.location.href)
    // Whoever is signed out stays on no page, whatever is unsaved there.
    void router.navigate({ to: SIGN_IN_PATH, search: search as never, ignoreBlocker: true })
  })

  return (
    <I18nextProvider i18n={i18n}>
      <MantineProvider
        getStyleNonce={styleNonce}
        theme={theme}
        cssVariablesResolver={cssVariables}
        defaultColorScheme="auto"
        colorSchemeManager={localStorageColorSchemeManager({ key: STORED_THEME })}
      >
        <QueryClientProvider client={queries}>
          <AccountsProvider accounts={accounts}>
            <ApiProvider call={call}>
              {/* A tooltip that opens closes the one before it. */}
              <Tooltip.Group openDelay={TOOLTIP_AFTER_MS}>
                <RouterProvider router={router} />
              </Tooltip.Group>
              <Announcements />
            </ApiProvider>
          </AccountsProvider>
        </QueryClientProvider>
      </MantineProvider>
    </I18nextProvider>
  )
}

function Root() {
  const { language } = usePreferredLanguage()
  useKeptFocus()
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  return (
    <>
      <Outlet />
      <Toasts />
    </>
  )
}

function PageOf({ pages }: { pages: readonly Page[] }) {
  const open = pages.find(({ access }) => access === 'public')
  return open ? <Opened page={open} /> : <Allowed pages={pages} />
}

function Allowed({ pages }: { pages: readonly Page[] }) {
  const { role } = usePerson()
  const own = pages.find(({ access }) => access.includes(role))
  return own ? <Opened page={own} /> : <NoPermission action={<HomeLink />} />
}

function Opened({ page }: { page: Page }) {
  const { t } = useTranslation()
  return (
    <>
      <PageTitle>{page.title(t)}</PageTitle>
      <Suspense fallback={<Loading />}>
        <page.component />
      </Suspense>
    </>
  )
}

function SignedIn({ pages, headerItems }: Pick<AcademyParts, 'pages' | 'headerItems'>) {
  const session = useSession()
  const { show } = usePreferredLanguage()
  const locale = session.data?.locale
  const here = useRouterState({ select: ({ location }) => location.href })
  // A sign-out leads on by itself. A page that was opened while nobody could say who this is has had no person yet.
  const wasThere = useRef(false)
  wasThere.current ||= Boolean(session.data)
  const { problem, retry } = useFailure(session)
  useEffect(() => {
    if (locale && !languageWasChosen()) show(locale)
  }, [locale, show])

  if (session.data)
    return (
      <PersonProvider person={session.data}>
        <Suspense fallback={<Pending />}>
          <Shell pages={pages} headerItems={headerItems} />
        </Suspense>
      </PersonProvider>
    )
  if (session.data === null && !wasThere.current) {
    return <Redirect to={`${SIGN_IN_PATH}?${new URLSearchParams(returnTo(here))}`} />
  }
  return <main className={classes.page}>{problem ? <Failed page problem={problem} retry={retry} /> : <Loading />}</main>
}

/** Below `/app` and no page: either lost, or of a role that has no page yet. */
function Rest({ pages }: { pages: readonly Page[] }) {
  const { t } = useTranslation()
  const { role } = usePerson()
  const { _splat: below } = useParams({ strict: false }) as { _splat?: string }
  if (below) return <NotFound action={<HomeLink />} />
  const home = homeOf(pages, role)
  // The page was opened while nobody could say who this is.
  if (home) return <Redirect to={home.path} />
  return (
    <Message page icon={IconDoor} title={t('state.nothingHere')}>
      {t('state.nothingHereHint')}
    </Message>
  )
}

function Pending() {
  return (
    <main className={classes.page}>
      <Loading />
    </main>
  )
}

function Lost() {
  return (
    <main className={classes.page}>
      <NotFound action={<HomeLink />} />
    </main>
  )
}
