import { module } from 'cascata'
import * as gradeStudent from './grade-student/grade-student.ts'
import * as ownNotes from './own-notes/own-notes.ts'

export const notes = module('notes', [gradeStudent, ownNotes])
