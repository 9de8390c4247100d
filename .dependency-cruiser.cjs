/** Who may import whom. The arrows stand in ARROWS; scripts/checks/dependency-arrows.test.ts shows that each one holds. */

/** Folder → the folders of ours that it may import, besides itself. */
const ARROWS = {
  'packages/engine': [],
  'packages/dev-postgres': [],
  'packages/console': ['packages/engine'],
  'packages/cli': ['packages/engine', 'packages/console'],
  'apps/academy': ['packages/engine', 'packages/console', 'packages/dev-postgres'],
}
const OURS = '^(packages|apps|examples|bench|chaos|scripts)/'
/** Tests, and the folders of what several tests of a package share. */
const TEST = '(\\.test\\.tsx?|/test-support/.*|/web/testing/.*)$'
/** What tests may import on top: the harness, and the server that it starts. */
const FOR_TESTS = ['scripts/testing', 'packages/dev-postgres']

const arrows = Object.entries(ARROWS).flatMap(([folder, allowed]) => {
  const name = folder.split('/')[1]
  const to = (folders) => ({ path: OURS, pathNot: folders.map((f) => `^${f}/`) })
  return [
    {
      name: `${name}-arrows`,
      severity: 'error',
      from: { path: `^${folder}/`, pathNot: TEST },
      to: to([folder, ...allowed]),
    },
    {
      name: `${name}-tests-arrows`,
      severity: 'error',
      from: { path: `^${folder}/.*${TEST}` },
      to: to([folder, ...allowed, ...FOR_TESTS]),
    },
  ]
})

/** The build of the pages runs in Node; none of it ends up in a browser. */
const BUILD = '^apps/academy/web/(chunks|contracts|vite\\.config)\\.ts$'

/** What ends up in a browser: it imports nothing of ours beyond itself. */
const ACADEMY_WEB = [
  '^apps/academy/web/',
  '^apps/academy/src/platform/(ui|i18n)/',
  '^apps/academy/src/platform/(calendar|links|percent|search|time-zones)\\.ts$',
  '^apps/academy/src/platform/http/(client|endpoint|fields)\\.ts$',
  '^apps/academy/src/.*\\.(page\\.tsx|module\\.css)$',
  '^apps/academy/src/.*\\.(contract|fields|ids|view)\\.ts$',
]
const CONSOLE_WEB = ['^packages/console/src/pages/', '^packages/console/src/contract(\\.ts$|/)']
const SERVER_PACKAGES =
  'node_modules/(@hono/node-server|kysely|mailparser|nodemailer|pg|pino|smtp-server|@types/(pg|nodemailer))/'

const web = [
  {
    name: 'academy-pages-without-server-code',
    severity: 'error',
    from: { path: ACADEMY_WEB, pathNot: TEST },
    to: { path: OURS, pathNot: [...ACADEMY_WEB, ...CONSOLE_WEB] },
  },
  {
    name: 'console-pages-without-server-code',
    severity: 'error',
    from: { path: CONSOLE_WEB, pathNot: TEST },
    to: { path: OURS, pathNot: CONSOLE_WEB },
  },
  {
    name: 'pages-without-node',
    severity: 'error',
    from: { path: [...ACADEMY_WEB, ...CONSOLE_WEB], pathNot: [TEST, BUILD] },
    to: { dependencyTypes: ['core'], dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'pages-without-server-packages',
    severity: 'error',
    from: { path: [...ACADEMY_WEB, ...CONSOLE_WEB], pathNot: TEST },
    to: { path: SERVER_PACKAGES },
  },
]

const MODULES = 'apps/academy/src/modules'
const academy = [
  {
    // Events and queries are for the server; contracts, and the fields that they are made of, for pages.
    name: 'modules-meet-in-what-they-publish',
    severity: 'error',
    // The seed does what people do in every module, by the rules of their entities.
    from: { path: `^${MODULES}/([^/]+)/`, pathNot: [TEST, `^${MODULES}/institutions/(seed|enrich)-institution/`] },
    to: { path: `^${MODULES}/`, pathNot: [`^${MODULES}/$1/`, '\\.(events|queries|ids|contract|fields)\\.ts$'] },
  },
  {
    name: 'platform-knows-no-module',
    severity: 'error',
    from: { path: '^apps/academy/src/platform/', pathNot: TEST },
    to: { path: `^${MODULES}/` },
  },
]

module.exports = {
  forbidden: [...arrows, ...web, ...academy],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
}
