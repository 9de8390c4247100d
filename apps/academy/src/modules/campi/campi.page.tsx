/** The page of campi, loaded when it is opened. */
import { IconMapPin } from '@tabler/icons-react'
import { lazy } from 'react'
import { definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/campi',
    title: (t) => t('campi.title'),
    access: ['staff'],
    nav: { label: (t) => t('campi.title'), icon: IconMapPin, order: 12, group: 'structure' },
    component: lazy(() => import('./manage-campi/manage-campi.page.tsx')),
  }),
]
