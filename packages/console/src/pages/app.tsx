/** Puts looks, language, API, live updates and pages together. Pages are loaded when they are opened. */
import { localStorageColorSchemeManager, MantineProvider, mergeThemeOverrides, Tooltip } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, RouterProvider } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import './global.css'
import { type ConsoleHost, HostProvider } from './host.tsx'
import type { Language } from './i18n/words.ts'
import { ApiProvider, createQueryClient } from './kit/api.tsx'
import { ConsoleProvider } from './kit/console.tsx'
import { parseAddress, stringifyAddress } from './kit/search.ts'
import { SiblingsProvider } from './kit/siblings.tsx'
import { NotFound } from './kit/states.tsx'
import { TOOLTIP_AFTER_MS } from './page-kit/index.ts'
import { LiveProvider } from './shell/live.tsx'
import { Shell } from './shell/shell.tsx'
import { ShortcutsProvider } from './shell/shortcuts.tsx'
import { defaultLooks, type Looks } from './theme.ts'

export interface ConsoleProps {
  /** Path that the pages are under, e.g. `/adm`. */
  basePath: string
  /** Path or address of the console's API, e.g. `/adm/api`. */
  apiBase: string
  host: ConsoleHost
  /** Language until the reader chooses one, where no account has one; else the browser's. */
  locale?: Language
  /** Theme and colours of the application, with the variables that `theme.ts` names. */
  looks?: Looks
}

function createConsoleRouter(basepath: string) {
  const root = createRootRoute({ component: Shell, notFoundComponent: NotFound })
  const page = <const Path extends string>(path: Path, component: ReturnType<typeof lazyRouteComponent>) =>
    createRoute({ getParentRoute: () => root, path, component })
  const routeTree = root.addChildren([
    page(
      '/',
      lazyRouteComponent(() => import('./overview/overview.tsx'), 'Overview'),
    ),
    page(
      '/events',
      lazyRouteComponent(() => import('./events/events-list.tsx'), 'EventsList'),
    ),
    page(
      '/events/$eventId',
      lazyRouteComponent(() => import('./events/event-details.tsx'), 'EventDetails'),
    ),
    page(
      '/commands',
      lazyRouteComponent(() => import('./commands/commands-list.tsx'), 'CommandsList'),
    ),
    page(
      '/commands/$commandId',
      lazyRouteComponent(() => import('./commands/command-details.tsx'), 'CommandDetails'),
    ),
    page(
      '/batches',
      lazyRouteComponent(() => import('./batches/batches-list.tsx'), 'BatchesList'),
    ),
    page(
      '/batches/$batchId',
      lazyRouteComponent(() => import('./batches/batch-details.tsx'), 'BatchDetails'),
    ),
    page(
      '/workflows/$id',
      lazyRouteComponent(() => import('./workflows/workflow.tsx'), 'Workflow'),
    ),
    page(
      '/partitions',
      lazyRouteComponent(() => import('./partitions/partitions.tsx'), 'Partitions'),
    ),
    page(
      '/go/$id',
      lazyRouteComponent(() => import('./overview/go.tsx'), 'Go'),
    ),
  ])
  return createRouter({
    routeTree,
    basepath,
    parseSearch: parseAddress,
    stringifySearch: stringifyAddress,
    scrollRestoration: true,
    defaultPreload: false,
  })
}

/** Where the page's policy asks for a nonce it is written into the page, as Vite has it. */
const styleNonce = () => document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''

// Mantine's place for the focus, at the head of a menu, is no item: screen readers and axe are told of a broken list. Kept in
// every theme that a host gives.
const MENUS = { components: { Menu: { defaultProps: { withInitialFocusPlaceholder: false } } } }

export function ConsoleApp({ basePath, apiBase, host, locale, looks = defaultLooks }: ConsoleProps) {
  const [router] = useState(() => createConsoleRouter(basePath))
  const [queries] = useState(createQueryClient)
  const theme = useMemo(() => mergeThemeOverrides(looks.theme, MENUS), [looks.theme])
  return (
    <MantineProvider
      getStyleNonce={styleNonce}
      theme={theme}
      cssVariablesResolver={looks.cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={localStorageColorSchemeManager({ key: 'cascata.theme' })}
    >
      <QueryClientProvider client={queries}>
        <HostProvider host={host}>
          <ConsoleProvider locale={locale}>
            <ApiProvider base={apiBase}>
              <LiveProvider>
                <ShortcutsProvider>
                  <SiblingsProvider>
                    {/* A tooltip that opens closes the one before it. */}
                    <Tooltip.Group openDelay={TOOLTIP_AFTER_MS}>
                      <RouterProvider router={router as never} />
                    </Tooltip.Group>
                  </SiblingsProvider>
                </ShortcutsProvider>
              </LiveProvider>
            </ApiProvider>
          </ConsoleProvider>
        </HostProvider>
      </QueryClientProvider>
    </MantineProvider>
  )
}
