/** The page of disciplines, loaded when it is opened. */
import { IconBook2 } from '@tabler/icons-react'
import { lazy } from 'react'
import { definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/disciplines',
    title: (t) => t('disciplines.title'),
    access: ['staff'],
    nav: { label: (t) => t('disciplines.title'), icon: IconBook2, order: 7, group: 'structure' },
    component: lazy(() => import('./manage-disciplines/manage-disciplines.page.tsx')),
  }),
]
