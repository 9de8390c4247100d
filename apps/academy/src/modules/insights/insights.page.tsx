/** The page that staff land on, loaded when it is opened. */
import { IconChartBar } from '@tabler/icons-react'
import { lazy } from 'react'
import { definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/overview',
    title: (t) => t('overview.title'),
    access: ['staff'],
    nav: { label: (t) => t('overview.title'), icon: IconChartBar, order: 1 },
    component: lazy(() => import('./read-insights/overview.page.tsx')),
  }),
]
