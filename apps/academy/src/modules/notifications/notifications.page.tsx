/** The page of notifications, loaded when it is opened, and the bell in the header. */
import { lazy } from 'react'
import { defineHeaderItem, definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/notifications',
    title: (t) => t('notifications.title'),
    access: ['teacher', 'student'],
    component: lazy(() => import('./list-notifications/list-notifications.page.tsx')),
  }),
]

export const headerItems = [
  defineHeaderItem({
    order: 2,
    roles: ['teacher', 'student'],
    component: lazy(() => import('./list-notifications/notification-bell.page.tsx')),
  }),
]
