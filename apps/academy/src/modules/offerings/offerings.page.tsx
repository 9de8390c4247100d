/** The page of course offerings, loaded when it is opened. */
import { IconDoorEnter } from '@tabler/icons-react'
import { lazy } from 'react'
import { definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/offerings',
    title: (t) => t('offerings.title'),
    access: ['staff'],
    nav: { label: (t) => t('offerings.title'), icon: IconDoorEnter, order: 9, group: 'structure' },
    component: lazy(() => import('./manage-offerings/manage-offerings.page.tsx')),
  }),
]
