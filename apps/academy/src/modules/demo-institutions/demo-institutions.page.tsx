/** In a demonstration institution the header says as whom one is there, and changes it. */
import { lazy } from 'react'
import { defineHeaderItem } from '../../platform/ui/page.ts'
import { DOOR_ROLES } from './open-door/open-door.contract.ts'

export const headerItems = [
  defineHeaderItem({ order: 0, roles: DOOR_ROLES, component: lazy(() => import('./open-door/door-menu.page.tsx')) }),
]
