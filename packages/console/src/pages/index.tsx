/** The console's pages, to be rendered by an application at the path that it chooses. */
export { ConsoleApp, type ConsoleProps } from './app.tsx'
export type { AccountLanguage, ConsoleHost } from './host.tsx'
export type { Language } from './i18n/words.ts'
export type { Looks } from './theme.ts'
