/** Pages of webhooks, loaded when they are opened. */
import { IconWebhook } from '@tabler/icons-react'
import { lazy } from 'react'
import { definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/webhooks',
    title: (t) => t('webhooks.title'),
    access: ['staff'],
    nav: { label: (t) => t('webhooks.title'), icon: IconWebhook, order: 23, group: 'institution' },
    component: lazy(() => import('./configure-webhooks/configure-webhooks.page.tsx')),
  }),
  definePage({
    path: '/app/webhooks/$webhookId',
    title: (t) => t('webhooks.deliveries'),
    access: ['staff'],
    component: lazy(() => import('./read-deliveries/read-deliveries.page.tsx')),
  }),
]
