/** Pages of grades, loaded when they are opened. */
import { IconCertificate } from '@tabler/icons-react'
import { lazy } from 'react'
import { definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/notes',
    title: (t) => t('notes.title'),
    access: ['student'],
    nav: { label: (t) => t('notes.nav'), icon: IconCertificate, order: 4, group: 'course' },
    component: lazy(() => import('./own-notes/own-notes.page.tsx')),
  }),
  definePage({
    path: '/app/classes/$classId/notes',
    title: (t) => t('grading.title'),
    access: ['teacher'],
    component: lazy(() => import('./grade-student/grade-student.page.tsx')),
  }),
]
