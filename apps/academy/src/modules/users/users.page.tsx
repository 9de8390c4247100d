/** The pages of coming in, and everybody's own account. */
import { lazy } from 'react'
import { ROLES } from '../../platform/http/endpoint.ts'
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
  definePage({
    path: '/app/account',
    title: (t) => t('ownAccount.title'),
    access: ROLES,
    component: lazy(() => import('./own-account/own-account.page.tsx')),
  }),
]
