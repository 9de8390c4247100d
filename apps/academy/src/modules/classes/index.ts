import { module } from 'cascata'
import * as agenda from './agenda/agenda.ts'
import * as changeClassStatus from './change-class-status/change-class-status.ts'
import * as createClass from './create-class/create-class.ts'
import * as finalizeClasses from './finalize-classes/finalize-classes.ts'
import * as listClasses from './list-classes/list-classes.ts'
import * as readClass from './read-class/read-class.ts'

export const classes = module('classes', [
  createClass,
  changeClassStatus,
  finalizeClasses,
  listClasses,
  readClass,
  agenda,
])
