/** Pages of notifications, loaded when they are opened, and the bell in the header. */
import { IconSpeakerphone } from '@tabler/icons-react'
import { lazy } from 'react'
import { defineHeaderItem, definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/notifications',
    title: (t) => t('notifications.title'),
    access: ['teacher', 'student', 'staff'],
    component: lazy(() => import('./list-notifications/list-notifications.page.tsx')),
  }),
  definePage({
    path: '/app/notifications/sent',
    title: (t) => t('notices.title'),
    access: ['staff'],
    nav: { label: (t) => t('notices.title'), icon: IconSpeakerphone, order: 7, group: 'people' },
    component: lazy(() => import('./send-notification/sent-notifications.page.tsx')),
  }),
]

export const headerItems = [
  defineHeaderItem({
    order: 2,
    roles: ['teacher', 'student', 'staff'],
    component: lazy(() => import('./list-notifications/notification-bell.page.tsx')),
  }),
]
