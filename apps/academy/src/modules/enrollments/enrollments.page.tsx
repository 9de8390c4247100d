/** Pages of enrollments, loaded when they are opened. */
import { IconListCheck } from '@tabler/icons-react'
import { lazy } from 'react'
import { definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/enrollment',
    title: (t) => t('enrollment.title'),
    access: ['student'],
    nav: { label: (t) => t('enrollment.nav'), icon: IconListCheck, order: 2 },
    component: lazy(() => import('./choose-classes/choose-classes.page.tsx')),
  }),
]
