import { module } from 'cascata'
import * as createTeacher from './create-teacher/create-teacher.ts'
import * as listTeachers from './list-teachers/list-teachers.ts'

export const teachers = module('teachers', [listTeachers, createTeacher])
