/** Pages of teachers, loaded when they are opened. */
import { IconUserEdit } from '@tabler/icons-react'
import { lazy } from 'react'
import { definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/teachers',
    title: (t) => t('teachers.title'),
    access: ['staff'],
    nav: { label: (t) => t('teachers.title'), icon: IconUserEdit, order: 5, group: 'people' },
    component: lazy(() => import('./list-teachers/list-teachers.page.tsx')),
  }),
]
