/** Pages of curricula, loaded when they are opened. */
import { IconListTree, IconRoute } from '@tabler/icons-react'
import { lazy } from 'react'
import { definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/curricula',
    title: (t) => t('curricula.title'),
    access: ['staff'],
    nav: { label: (t) => t('curricula.title'), icon: IconListTree, order: 8, group: 'structure' },
    component: lazy(() => import('./manage-curricula/list-curricula.page.tsx')),
  }),
  definePage({
    path: '/app/curricula/new',
    title: (t) => t('curricula.new'),
    access: ['staff'],
    component: lazy(() => import('./manage-curricula/create-curriculum.page.tsx')),
  }),
  definePage({
    path: '/app/curricula/$curriculumId',
    title: (t) => t('curricula.one'),
    access: ['staff'],
    component: lazy(() => import('./manage-curricula/read-curriculum.page.tsx')),
  }),
  definePage({
    path: '/app/curricula/$curriculumId/edit',
    title: (t) => t('curricula.change'),
    access: ['staff'],
    component: lazy(() => import('./manage-curricula/edit-curriculum.page.tsx')),
  }),
  definePage({
    path: '/app/curriculum',
    title: (t) => t('curriculum.own'),
    access: ['student'],
    nav: { label: (t) => t('curriculum.nav'), icon: IconRoute, order: 6, group: 'course' },
    component: lazy(() => import('./own-curriculum/own-curriculum.page.tsx')),
  }),
]
