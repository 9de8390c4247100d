/** Pages of students, loaded when they are opened. */
import { IconUsers } from '@tabler/icons-react'
import { lazy } from 'react'
import { definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/students',
    title: (t) => t('students.title'),
    access: ['staff'],
    nav: { label: (t) => t('students.title'), icon: IconUsers, order: 4, group: 'people' },
    component: lazy(() => import('./list-students/list-students.page.tsx')),
  }),
]
