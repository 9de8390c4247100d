import { module } from 'cascata'
import * as correctAddress from './correct-address/correct-address.ts'
import * as createStudent from './create-student/create-student.ts'
import * as listStudents from './list-students/list-students.ts'

export const students = module('students', [listStudents, createStudent, correctAddress])
