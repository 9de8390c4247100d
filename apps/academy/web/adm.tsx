/** The console in the browser, for the system administrator: the academy's looks, sign-in and knowledge of institutions. */
import './mantine.css'
import { ConsoleApp, type Language } from '@cascata/console/pages'
import { IconUserCircle } from '@tabler/icons-react'
import { createRoot } from 'react-dom/client'
import { styleNonce } from '../src/platform/ui/style-nonce.ts'
import { cssVariables, theme } from '../src/platform/ui/theme.ts'

// Dialogs hold the page still with a style element of their own, which asks for the nonce by this name.
Object.assign(globalThis, { __webpack_nonce__: styleNonce() })

const SIGN_IN = '/app/sign-in'

async function send(method: 'POST' | 'PUT', path: string, body: object): Promise<void> {
  const answer = await fetch(path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  // An answer that nobody reads keeps one of the browser's few connections.
  await answer.arrayBuffer()
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
}

const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    <ConsoleApp
      basePath="/adm"
      apiBase="/adm/api"
      looks={{ theme, cssVariables }}
      host={{
        name: 'Cascata',
        // `/app` leads the administrator here.
        home: { href: '/app/institutions', label: { en: 'Academy', pt: 'Sistema acadêmico' } },
        links: [
          {
            href: '/app/account',
            label: { en: 'My account', pt: 'Minha conta' },
            icon: <IconUserCircle size={16} aria-hidden />,
          },
        ],
        signIn: (returnTo) => `${SIGN_IN}?${new URLSearchParams({ to: returnTo })}`,
        signOut: async () => {
          await send('POST', '/api/auth/sign-out', {})
          location.assign(SIGN_IN)
        },
        // The academy's pages have the same rule: what was chosen in this browser, else the account's.
        accountLanguage: {
          read: async () => {
            const answer = await fetch('/api/me')
            const me = (await answer.json()) as { locale: Language } | null // of a refusal, too: see `send`
            if (!answer.ok) throw new Error(`/api/me: ${answer.status}`)
            return me?.locale
          },
          change: (locale) => send('PUT', '/api/me/locale', { locale }),
        },
        institutionZones: async () => {
          // Asked for by few: the contract, and the validator that it brings, come when they are.
          const [{ contract }, { createClient }] = await Promise.all([
            import('../src/modules/institutions/list-institutions/list-institutions.contract.ts'),
            import('../src/platform/http/client.ts'),
          ])
          const { institutions } = await createClient().call(contract, {})
          return new Map(institutions.map(({ id, timeZone }) => [id, timeZone]))
        },
        daemonCommand: 'node apps/academy/bin/daemon.ts',
      }}
    />,
  )
