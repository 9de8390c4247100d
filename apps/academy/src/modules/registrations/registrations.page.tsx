/** Pages of coming in: they need no sign-in. */
import { lazy } from 'react'
import { definePage } from '../../platform/ui/page.ts'

export const pages = [
  definePage({
    path: '/app/register',
    title: (t) => t('register.title'),
    access: 'public',
    component: lazy(() => import('./register-user/register-user.page.tsx')),
  }),
  definePage({
    path: '/app/forgot-password',
    title: (t) => t('forgotPassword.title'),
    access: 'public',
    component: lazy(() => import('./reset-password/reset-password.page.tsx')),
  }),
  definePage({
    path: '/app/choose-password',
    title: (t) => t('choosePassword.title'),
    access: 'public',
    component: lazy(() => import('./choose-password/choose-password.page.tsx')),
  }),
]
