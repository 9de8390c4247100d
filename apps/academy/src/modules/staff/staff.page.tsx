/** The page of staff, loaded when it is opened. */
import { IconUserShield } from '@tabler/icons-react'
import { lazy } from 'react'
import { definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/staff',
    title: (t) => t('staff.title'),
    access: ['staff'],
    nav: { label: (t) => t('staff.title'), icon: IconUserShield, order: 6, group: 'people' },
    component: lazy(() => import('./list-staff/list-staff.page.tsx')),
  }),
]
