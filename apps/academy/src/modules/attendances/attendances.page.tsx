/** Pages of attendance, loaded when they are opened. */
import { IconChartBar } from '@tabler/icons-react'
import { lazy } from 'react'
import { definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/frequency',
    title: (t) => t('frequency.title'),
    access: ['student'],
    nav: { label: (t) => t('frequency.nav'), icon: IconChartBar, order: 5, group: 'course' },
    component: lazy(() => import('./own-frequency/own-frequency.page.tsx')),
  }),
  definePage({
    path: '/app/classes/$classId/lessons/$lessonId',
    title: (t) => t('rollCall.title'),
    access: ['teacher'],
    component: lazy(() => import('./take-attendance/take-attendance.page.tsx')),
  }),
]
