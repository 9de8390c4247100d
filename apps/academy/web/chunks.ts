/**
 * The files that the client's scripts and styles come in: few, so that a first visit does not wait for a hundred answers.
 * A page is a file of its own, loaded when it is opened. What pages share is one file for each kind of need.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Rolldown } from 'vite'

type Groups = NonNullable<Exclude<Rolldown.OutputOptions['codeSplitting'], boolean | undefined>['groups']>

const packages = (...names: string[]) => new RegExp(`/node_modules/(${names.join('|')})/`)

/** Components of Mantine that neither the shell nor the pages before sign-in need: those of tables, and those of forms. */
const TABLES = ['Collapse', 'ScrollArea', 'Table']
const FORMS = [
  'Checkbox',
  'Code',
  'Combobox',
  'FloatingIndicator',
  'Kbd',
  'Modal',
  'ModalBase',
  'MultiSelect',
  'NativeSelect',
  'NumberInput',
  'Pill',
  'PillsInput',
  'Radio',
  'SegmentedControl',
  'Select',
  'Switch',
  'Tabs',
  'Textarea',
]

/** Needed where a password is typed or chosen: by visitors on their way in, and seldom later. */
const PASSWORD = 'PasswordInput'
const COMING_IN = 'platform/ui/(new-password|outside-card)\\.tsx$'

/** Both applications start with it; the academy's looks are the console's too, and the console's page kit the academy's. */
const VENDOR = new RegExp(
  [
    packages('react', 'react-dom', '@tanstack/[^/]+', '@floating-ui/[^/]+', '@mantine/hooks').source,
    '/@tabler/icons-react/dist/esm/(?!icons/)',
    `/@mantine/core/esm/(core|components/(?!(${[...TABLES, ...FORMS, PASSWORD].join('|')})/)[^/]+)/`,
    'vite/preload-helper',
    '/platform/ui/(style-nonce|theme)\\.ts$',
    '/console/src/pages/page-kit/',
    '/web/mantine\\.css$',
    '/ui/global\\.css$',
  ].join('|'),
)

/** The kit for lists: everybody who is signed in needs it sooner or later, and a visitor does not. */
const LISTS =
  'platform/ui/(correct-address|dialog-form|filters|managed-list|paging|person-dialog|person-fields|person-menu|reason|row-menu|search-select|searchable-table|time-zone-select|two-steps|week-table)\\.tsx$'

/** A page with a table and no form is spared the forms. */
const TABLE = 'platform/ui/table\\.tsx$'

/** What visitors are shown before they sign in. */
const OUTSIDE = '(demo-institutions|registrations|users)'
const CONTRACTS_AND_STYLES = '.*\\.((contract|fields|ids|view)\\.ts|css)$'

/** The academy's own start: its kit, and what that is made of. */
const ACADEMY = new RegExp(
  [
    packages('i18next', 'react-i18next').source,
    `/apps/academy/src/(?!${LISTS}|${TABLE}|${COMING_IN})platform/`,
    `/apps/academy/src/modules/${OUTSIDE}/(${CONTRACTS_AND_STYLES}|(.*/)?use-features\\.page\\.tsx$)`,
  ].join('|'),
)

/** What the pages of somebody who is signed in say to the server, and their styles: each too little for a file of its own. */
const SLICES = new RegExp(
  `/apps/academy/src/modules/(${CONTRACTS_AND_STYLES}|.*/(class-status|due-badge|event-names|notification-list|use-delivery)\\.page\\.tsx$)`,
)

const ICON = /\/@tabler\/icons-react\/dist\/esm\/icons\/(Icon\w+)\.mjs$/

/** The icons that each file names. */
const iconsIn = (folder: string): ReadonlySet<string>[] =>
  readdirSync(join(import.meta.dirname, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.test.ts'))
    .map((file) => new Set(readFileSync(join(import.meta.dirname, folder, file), 'utf8').match(/\bIcon[A-Z]\w+/g)))
const icons = {
  academy: [...iconsIn('../src'), ...iconsIn('.')],
  console: iconsIn('../../../packages/console/src/pages'),
}

/** An icon of one file goes where that file does, those of the console alone there, and all others are everybody's. */
function groupOf(icon: string): 'vendor' | 'console' | null {
  const uses = (files: readonly ReadonlySet<string>[]) => files.filter((file) => file.has(icon)).length
  const [inAcademy, inConsole] = [uses(icons.academy), uses(icons.console)]
  if (inAcademy + inConsole === 1) return null
  return inAcademy === 0 ? 'console' : 'vendor'
}

/** undefined: the module is no icon. */
const groupOfIcon = (id: string) => {
  const icon = ICON.exec(id)?.[1]
  return icon && groupOf(icon)
}

/** A module that is imported when it is needed is no part of what all load. */
const unlessOpenedLater = (name: string): Pick<Groups[number], 'name' | 'debugName'> => ({
  name: (id, graph) => (graph.getModuleInfo(id)?.dynamicImporters.length ? null : name),
  debugName: name,
})

export const chunkGroups: Groups = [
  { name: 'vendor', test: (id) => VENDOR.test(id) || groupOfIcon(id) === 'vendor', priority: 5 },
  { ...unlessOpenedLater('academy'), test: ACADEMY, priority: 4 },
  { ...unlessOpenedLater('slices'), test: SLICES, priority: 3 },
  { name: 'passwords', test: new RegExp(`/components/${PASSWORD}/|${COMING_IN}`), priority: 2 },
  { name: 'tables', test: new RegExp(`/@mantine/core/esm/components/(${TABLES.join('|')})/`), priority: 2 },
  { name: 'table', test: new RegExp(TABLE), priority: 2 },
  { name: 'forms', test: packages('@mantine/core'), priority: 1 },
  { name: 'lists', test: new RegExp(LISTS) },
  {
    ...unlessOpenedLater('console'),
    test: (id) => id.includes('/packages/console/') || groupOfIcon(id) === 'console',
    minShareCount: 2,
  },
]
