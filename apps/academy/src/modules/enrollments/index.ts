import { module } from 'cascata'
import * as chooseClasses from './choose-classes/choose-classes.ts'

export const enrollments = module('enrollments', [chooseClasses])
