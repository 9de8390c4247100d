import { module } from 'cascata'
import * as createStudent from './create-student/create-student.ts'
import * as listStudents from './list-students/list-students.ts'

export const students = module('students', [listStudents, createStudent])
