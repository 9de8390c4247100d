/** The page that shows what a notice says. Opening that page reads the notice. */
import type { NotificationCategory } from '../notification.fields.ts'

const AN_ACTIVITY = /^\/app\/activities\/[^/]+$/
const CHARGES = /^\/app\/payments$/
const GRADES = /^\/app\/notes$/
const CLASSES = /^\/app\/classes$/
const STUDENTS = /^\/app\/students$/
/** The list of notifications holds others beside it, so its reader says what they have read. */
const NO_PAGE = undefined

const READ_AT: Record<NotificationCategory, RegExp | undefined> = {
  'new-class-activity': AN_ACTIVITY,
  'class-activity-emails-sent': AN_ACTIVITY,
  'class-activity-emails-incomplete': AN_ACTIVITY,
  'charge-created': CHARGES,
  'charge-paid': CHARGES,
  'charge-refused': CHARGES,
  'note-added': GRADES,
  'class-results': GRADES,
  'class-results-sent': CLASSES,
  'class-results-incomplete': STUDENTS,
  notice: NO_PAGE,
}

export const isReadAt = (path: string): boolean => Object.values(READ_AT).some((page) => page?.test(path))
