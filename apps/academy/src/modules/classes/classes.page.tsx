/** Pages of classes, loaded when they are opened. */
import { IconCalendarWeek, IconChalkboard } from '@tabler/icons-react'
import { lazy } from 'react'
import { definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/classes',
    title: (t) => t('classes.title'),
    access: ['teacher'],
    nav: { label: (t) => t('classes.title'), icon: IconChalkboard, order: 1 },
    component: lazy(() => import('./list-classes/list-classes.page.tsx')),
  }),
  definePage({
    path: '/app/classes/$classId',
    title: (t) => t('class.title'),
    access: ['teacher'],
    component: lazy(() => import('./read-class/read-class.page.tsx')),
  }),
  definePage({
    path: '/app/agenda',
    title: (t) => t('agenda.title'),
    access: ['teacher', 'student'],
    nav: { label: (t) => t('agenda.title'), icon: IconCalendarWeek, order: 3 },
    component: lazy(() => import('./agenda/agenda.page.tsx')),
  }),
  definePage({
    path: '/app/classes',
    title: (t) => t('manageClasses.title'),
    access: ['staff'],
    nav: { label: (t) => t('manageClasses.title'), icon: IconChalkboard, order: 3 },
    component: lazy(() => import('./list-classes/all-classes.page.tsx')),
  }),
  definePage({
    path: '/app/classes/$classId',
    title: (t) => t('class.title'),
    access: ['staff'],
    component: lazy(() => import('./read-class/staff-class.page.tsx')),
  }),
]
