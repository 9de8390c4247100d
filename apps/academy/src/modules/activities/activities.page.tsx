/** Pages of activities, loaded when they are opened. */
import { IconHome } from '@tabler/icons-react'
import { lazy } from 'react'
import { defineHeaderItem, definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/home',
    title: (t) => t('home.title'),
    access: ['student'],
    nav: { label: (t) => t('home.title'), icon: IconHome, order: 1 },
    component: lazy(() => import('./list-activities/list-activities.page.tsx')),
  }),
  definePage({
    path: '/app/classes/$classId/activities/new',
    title: (t) => t('activity.new'),
    access: ['teacher'],
    component: lazy(() => import('./create-class-activity/create-class-activity.page.tsx')),
  }),
  definePage({
    path: '/app/activities/$activityId',
    title: (t) => t('activity.one'),
    access: ['teacher', 'student'],
    partOf: { teacher: '/app/classes', student: '/app/home' },
    component: lazy(() => import('./read-activity/read-activity.page.tsx')),
  }),
]

export const headerItems = [
  defineHeaderItem({
    order: 1,
    roles: ['teacher'],
    component: lazy(() => import('./follow-delivery/delivery-chip.page.tsx')),
  }),
]
