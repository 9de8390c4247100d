/** Pages of academic and enrollment periods, loaded when they are opened. */
import { IconCalendarCheck, IconCalendarEvent } from '@tabler/icons-react'
import { lazy } from 'react'
import { definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/academic-periods',
    title: (t) => t('academicPeriods.title'),
    access: ['staff'],
    nav: { label: (t) => t('academicPeriods.title'), icon: IconCalendarEvent, order: 10, group: 'structure' },
    component: lazy(() => import('./manage-academic-periods/manage-academic-periods.page.tsx')),
  }),
  definePage({
    path: '/app/enrollment-periods',
    title: (t) => t('enrollmentPeriods.title'),
    access: ['staff'],
    nav: { label: (t) => t('enrollmentPeriods.title'), icon: IconCalendarCheck, order: 11, group: 'structure' },
    component: lazy(() => import('./manage-enrollment-periods/manage-enrollment-periods.page.tsx')),
  }),
]
