/** Puts pages, shell, session and router together. The application gives the pages and says how accounts work. */
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { IconDoor } from '@tabler/icons-react'
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import {
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
  useParams,
  useRouterState,
} from '@tanstack/react-router'
import type { i18n as I18n } from 'i18next'
import { lazy, Suspense, useEffect } from 'react'
import { I18nextProvider, useTranslation } from 'react-i18next'
import { Announcements } from './announce.tsx'
import { ApiProvider, type Call } from './api.tsx'
import { HomeLink } from './home-link.tsx'
import classes from './kit.module.css'
import { type HeaderItem, homeOf, type Page } from './page.ts'
import { PageTitle } from './page-header.tsx'
import { languageWasChosen, STORED_THEME, usePreferredLanguage } from './preferences.tsx'
import { Redirect } from './redirect.tsx'
import { type Accounts, AccountsProvider, PersonProvider, usePerson, useSession } from './session.tsx'
import { Failed, Loading, Message, NoPermission, NotFound } from './states.tsx'
import { cssVariables, theme } from './theme.ts'
import { Toasts } from './toast.tsx'

const Shell = lazy(() => import('./shell.tsx'))

const SIGN_IN_PATH = '/app/sign-in'

const signInPath = (asked: string) =>
  asked === '/app' || asked.startsWith(SIGN_IN_PATH) ? SIGN_IN_PATH : `${SIGN_IN_PATH}?to=${encodeURIComponent(asked)}`

export interface AcademyParts {
  pages: readonly Page[]
  headerItems: readonly HeaderItem[]
  accounts: Accounts
  call: Call
  queries: QueryClient
  i18n: I18n
}

export function createAcademy({ pages, headerItems, accounts, call, queries, i18n }: AcademyParts) {
  const root = createRootRoute({ component: Root, notFoundComponent: Lost })
  const shell = createRoute({
    getParentRoute: () => root,
    id: 'shell',
    component: () => <SignedIn pages={pages} headerItems={headerItems} />,
  })
  const routes = pages.map((page) =>
    createRoute({
      getParentRoute: () => (page.access === 'public' ? root : shell),
      path: page.path,
      component: () => <PageOf page={page} />,
    }),
  )
  // A path with a splat also takes what lies before it: `/app` itself, and whatever below it is no page.
  const rest = createRoute({
    getParentRoute: () => shell,
    path: '/app/$',
    component: () => <Rest pages={pages} />,
  })
  const inside = routes.filter((_, index) => pages[index]?.access !== 'public')
  const outside = routes.filter((_, index) => pages[index]?.access === 'public')
  const router = createRouter({
    routeTree: root.addChildren([shell.addChildren([rest, ...inside]), ...outside]),
    scrollRestoration: true,
    defaultPreload: false,
  })

  return (
    <I18nextProvider i18n={i18n}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        defaultColorScheme="auto"
        colorSchemeManager={localStorageColorSchemeManager({ key: STORED_THEME })}
      >
        <QueryClientProvider client={queries}>
          <AccountsProvider accounts={accounts}>
            <ApiProvider call={call}>
              <RouterProvider router={router} />
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

function PageOf({ page }: { page: Page }) {
  const { t } = useTranslation()
  if (page.access !== 'public') return <Allowed page={page} />
  return (
    <>
      <PageTitle>{page.title(t)}</PageTitle>
      <Suspense fallback={<Loading />}>
        <page.component />
      </Suspense>
    </>
  )
}

function Allowed({ page }: { page: Page }) {
  const { t } = useTranslation()
  const { role } = usePerson()
  if (!page.access.includes(role)) return <NoPermission action={<HomeLink />} />
  return (
    <>
      <PageTitle>{page.title(t)}</PageTitle>
      <Suspense fallback={<Loading />}>
        <page.component />
      </Suspense>
    </>
  )
}

/** The door to all pages but the public ones. What was asked for is kept, and opened after sign-in. */
function SignedIn({ pages, headerItems }: Pick<AcademyParts, 'pages' | 'headerItems'>) {
  const session = useSession()
  const { show } = usePreferredLanguage()
  const asked = useRouterState({ select: (state) => state.location.href })
  const locale = session.data?.locale
  useEffect(() => {
    if (locale && !languageWasChosen()) show(locale)
  }, [locale, show])

  if (session.data)
    return (
      <PersonProvider person={session.data}>
        <Suspense
          fallback={
            <main className={classes.main}>
              <Loading />
            </main>
          }
        >
          <Shell pages={pages} headerItems={headerItems} />
        </Suspense>
      </PersonProvider>
    )
  if (session.data === null) return <Redirect to={signInPath(asked)} />
  return (
    <main className={classes.main}>
      {session.error ? <Failed page problem={session.error} retry={() => void session.refetch()} /> : <Loading />}
    </main>
  )
}

function Rest({ pages }: { pages: readonly Page[] }) {
  const { t } = useTranslation()
  const { role } = usePerson()
  const { _splat: below } = useParams({ strict: false }) as { _splat?: string }
  if (below) return <NotFound action={<HomeLink />} />
  const home = homeOf(pages, role)
  if (home) return <Redirect to={home.path} />
  return (
    <Message page icon={IconDoor} title={t('state.nothingHere')}>
      {t('state.nothingHereHint')}
    </Message>
  )
}

function Lost() {
  return (
    <main className={classes.main}>
      <NotFound action={<HomeLink />} />
    </main>
  )
}
