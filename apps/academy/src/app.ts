/** Every module of the academy, one line each. */
import './services.ts'
import { createApp } from 'cascata'
import { activities } from './modules/activities/index.ts'
import { classes } from './modules/classes/index.ts'
import { demoInstitutions } from './modules/demo-institutions/index.ts'
import { eventPublishing } from './modules/event-publishing/index.ts'
import { institutions } from './modules/institutions/index.ts'
import { notifications } from './modules/notifications/index.ts'
import { payments } from './modules/payments/index.ts'
import { registrations } from './modules/registrations/index.ts'
import { students } from './modules/students/index.ts'
import { users } from './modules/users/index.ts'
import { webhooks } from './modules/webhooks/index.ts'
import { routesOf } from './platform/http/route.ts'

const modules = [
  registrations,
  demoInstitutions,
  institutions,
  users,
  classes,
  students,
  activities,
  notifications,
  payments,
  webhooks,
  eventPublishing,
]

/** What the daemon runs. */
export const app = createApp(modules)

/** What the API answers. */
export const routes = routesOf(modules)
