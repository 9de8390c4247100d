import { expect, test } from 'vitest'
import { homeOf, isAt, navEntriesOf, navOf, type Page, safeReturnPath } from './page.ts'

test('sign-in returns to pages of the application and nowhere else', () => {
  expect(safeReturnPath('/app/activities/1?by=e-mail')).toBe('/app/activities/1?by=e-mail')
  expect(safeReturnPath('/app')).toBe('/app')
  expect(safeReturnPath('/adm/events?status=error')).toBe('/adm/events?status=error')
  for (const bad of [
    '//evil.example',
    'https://evil.example',
    '/application',
    '/admin',
    '/app/\\evil',
    '/app/\t/x',
    7,
    undefined,
  ])
    expect(safeReturnPath(bad)).toBe('/app')
})

test('navigation holds what the role may open, in order', () => {
  const component = () => null
  const icon = component as unknown as NonNullable<Page['nav']>['icon']
  const page = (path: string, access: Page['access'], order?: number): Page => ({
    path,
    title: () => path,
    access,
    component,
    ...(order === undefined ? {} : { nav: { label: () => path, icon, order } }),
  })
  const pages = [
    page('/app/b', ['teacher'], 2),
    page('/app/a', ['teacher', 'student'], 1),
    page('/app/c', ['teacher']),
    page('/', 'public'),
  ]
  expect(navOf(pages, 'teacher').map(({ path }) => path)).toEqual(['/app/a', '/app/b'])
  expect(homeOf(pages, 'student')?.path).toBe('/app/a')
  expect(homeOf(pages, 'administrator')).toBeUndefined()
})

test('pages of one group share a menu, at the place of the first of them', () => {
  const component = () => null
  const icon = component as unknown as NonNullable<Page['nav']>['icon']
  const page = (path: string, order: number, group?: 'people' | 'structure'): Page => ({
    path,
    title: () => path,
    access: ['staff'],
    component,
    nav: { label: () => path, icon, order, ...(group ? { group } : {}) },
  })
  const pages = [
    page('/campi', 3, 'structure'),
    page('/home', 0),
    page('/teachers', 4, 'people'),
    page('/students', 1, 'people'),
  ]
  const entries = navEntriesOf(pages, 'staff').map((entry) =>
    entry.kind === 'page' ? entry.page.path : [entry.group, ...entry.pages.map(({ path }) => path)],
  )
  expect(entries).toEqual(['/home', ['people', '/students', '/teachers'], '/campi'])
})

test('a page that lies elsewhere says which page of the navigation it is a part of', () => {
  const component = () => null
  const page = (path: string, partOf?: Page['partOf']): Page => ({
    path,
    title: () => path,
    access: ['teacher', 'student'],
    component,
    ...(partOf ? { partOf } : {}),
  })
  const classes = page('/app/classes')
  const home = page('/app/home')
  const pages = [classes, home, page('/app/activities/$activityId', { teacher: '/app/classes', student: '/app/home' })]
  expect(isAt(pages, 'teacher', '/app/classes/7', classes)).toBe(true)
  expect(isAt(pages, 'teacher', '/app/classesx', classes)).toBe(false)
  expect(isAt(pages, 'teacher', '/app/activities/7', classes)).toBe(true)
  expect(isAt(pages, 'student', '/app/activities/7', classes)).toBe(false)
  expect(isAt(pages, 'student', '/app/activities/7', home)).toBe(true)
  expect(isAt(pages, 'student', '/app/activities/7/more', home)).toBe(false)
})
