/** Every module of the academy, one line each. */
import './services.ts'
import { createApp } from 'cascata'
import { activities } from './modules/activities/index.ts'
import { attendances } from './modules/attendances/index.ts'
import { campi } from './modules/campi/index.ts'
import { classes } from './modules/classes/index.ts'
import { courses } from './modules/courses/index.ts'
import { curricula } from './modules/curricula/index.ts'
import { demoInstitutions } from './modules/demo-institutions/index.ts'
import { disciplines } from './modules/disciplines/index.ts'
import { enrollments } from './modules/enrollments/index.ts'
import { eventPublishing } from './modules/event-publishing/index.ts'
import { insights } from './modules/insights/index.ts'
import { institutions } from './modules/institutions/index.ts'
import { notes } from './modules/notes/index.ts'
import { notifications } from './modules/notifications/index.ts'
import { offerings } from './modules/offerings/index.ts'
import { payments } from './modules/payments/index.ts'
import { people } from './modules/people/index.ts'
import { periods } from './modules/periods/index.ts'
import { registrations } from './modules/registrations/index.ts'
import { staff } from './modules/staff/index.ts'
import { students } from './modules/students/index.ts'
import { teachers } from './modules/teachers/index.ts'
import { users } from './modules/users/index.ts'
import { webhooks } from './modules/webhooks/index.ts'
import { routesOf } from './platform/http/route.ts'

const modules = [
  registrations,
  demoInstitutions,
  institutions,
  users,
  insights,
  campi,
  courses,
  disciplines,
  curricula,
  offerings,
  periods,
  people,
  staff,
  teachers,
  students,
  classes,
  enrollments,
  attendances,
  notes,
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
