import { module } from 'cascata'
import * as manageAcademicPeriods from './manage-academic-periods/manage-academic-periods.ts'
import * as manageEnrollmentPeriods from './manage-enrollment-periods/manage-enrollment-periods.ts'

export const periods = module('periods', [manageAcademicPeriods, manageEnrollmentPeriods])
