import { module } from 'cascata'
import * as manageCourses from './manage-courses/manage-courses.ts'

export const courses = module('courses', [manageCourses])
