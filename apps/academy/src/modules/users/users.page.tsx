/** The two pages that need no sign-in. */
import { lazy } from 'react'
import { definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/',
    title: (t) => t('welcome.title'),
    access: 'public',
    component: lazy(() => import('./welcome/welcome.page.tsx')),
  }),
  definePage({
    path: '/app/sign-in',
    title: (t) => t('signIn.title'),
    access: 'public',
    component: lazy(() => import('./sign-in/sign-in.page.tsx')),
  }),
]
