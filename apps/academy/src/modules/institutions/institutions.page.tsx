/** Pages of institutions, loaded when they are opened, and the administrator's way to the console. */
import { IconBuilding, IconBuildingCommunity, IconScale } from '@tabler/icons-react'
import { lazy } from 'react'
import { defineHeaderItem, definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/setup',
    title: (t) => t('setup.title'),
    access: ['staff'],
    component: lazy(() => import('./follow-seed/follow-seed.page.tsx')),
  }),
  definePage({
    path: '/app/institution',
    title: (t) => t('institution.title'),
    access: ['staff'],
    nav: { label: (t) => t('institution.title'), icon: IconBuilding, order: 20, group: 'institution' },
    component: lazy(() => import('./own-institution/own-institution.page.tsx')),
  }),
  definePage({
    path: '/app/result-rules',
    title: (t) => t('resultRules.title'),
    access: ['staff'],
    nav: { label: (t) => t('resultRules.title'), icon: IconScale, order: 21, group: 'institution' },
    component: lazy(() => import('./configure-institution/configure-institution.page.tsx')),
  }),
  definePage({
    path: '/app/institutions',
    title: (t) => t('institutions.title'),
    access: ['administrator'],
    nav: { label: (t) => t('institutions.title'), icon: IconBuildingCommunity, order: 1 },
    component: lazy(() => import('./list-institutions/list-institutions.page.tsx')),
  }),
]

export const headerItems = [
  defineHeaderItem({
    order: 1,
    roles: ['administrator'],
    component: lazy(() => import('./list-institutions/console-link.page.tsx')),
  }),
]
