/** The academy in the browser: gathers the modules' pages, says how sessions are read, and starts. */
import './mantine.css'
import '../src/platform/ui/global.css'
import { createRoot } from 'react-dom/client'
import { changeLocale, readMe } from '../src/modules/users/me/me.contract.ts'
import type { Locale } from '../src/platform/http/endpoint.ts'
import { createI18n } from '../src/platform/i18n/i18n.ts'
import { createAccounts } from '../src/platform/ui/accounts.tsx'
import { createCall, createQueryClient } from '../src/platform/ui/api.tsx'
import { createAcademy } from '../src/platform/ui/app.tsx'
import type { HeaderItem, Page } from '../src/platform/ui/page.ts'
import { languageOfBrowser } from '../src/platform/ui/preferences.tsx'
import { styleNonce } from '../src/platform/ui/style-nonce.ts'

// Dialogs hold the page still with a style element of their own, which asks for the nonce by this name.
Object.assign(globalThis, { __webpack_nonce__: styleNonce() })

// `<module>/<module>.page.tsx` lists a module's pages; the pages themselves are loaded when they are opened. Files that slices of
// a module share stand beside it, and are left out here: the first page would wait for them.
const modules = Object.values(
  import.meta.glob<{ pages?: Page[]; headerItems?: HeaderItem[] }>(
    ['../src/modules/*/*.page.tsx', '!../src/modules/webhooks/event-names.page.tsx'],
    { eager: true },
  ),
)

const i18n = await createI18n(languageOfBrowser())
const locale = () => i18n.language as Locale
const call = createCall(locale)

const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    createAcademy({
      pages: modules.flatMap(({ pages }) => pages ?? []),
      headerItems: modules.flatMap(({ headerItems }) => headerItems ?? []),
      homes: { administrator: '/adm' },
      accounts: createAccounts(
        {
          read: (signal) => call(readMe, {}, { signal }),
          changeLocale: (chosen) => call(changeLocale, { locale: chosen }),
        },
        locale,
      ),
      call,
      queries: createQueryClient(),
      i18n,
    }),
  )
