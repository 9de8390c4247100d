/** Pages of payments, loaded when they are opened. */
import { IconReceipt } from '@tabler/icons-react'
import { lazy } from 'react'
import { definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/payments',
    title: (t) => t('payments.title'),
    access: ['staff'],
    nav: { label: (t) => t('payments.title'), icon: IconReceipt, order: 22, group: 'institution' },
    component: lazy(() => import('./list-charges/list-charges.page.tsx')),
  }),
  definePage({
    path: '/app/payments',
    title: (t) => t('payments.title'),
    access: ['student'],
    nav: { label: (t) => t('payments.title'), icon: IconReceipt, order: 7 },
    component: lazy(() => import('./list-charges/own-charges.page.tsx')),
  }),
]
