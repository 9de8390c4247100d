/** The page of courses, loaded when it is opened. */
import { IconSchool } from '@tabler/icons-react'
import { lazy } from 'react'
import { definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/courses',
    title: (t) => t('courses.title'),
    access: ['staff'],
    nav: { label: (t) => t('courses.title'), icon: IconSchool, order: 6, group: 'structure' },
    component: lazy(() => import('./manage-courses/manage-courses.page.tsx')),
  }),
]
