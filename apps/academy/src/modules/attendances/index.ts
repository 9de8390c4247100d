import { module } from 'cascata'
import * as ownFrequency from './own-frequency/own-frequency.ts'
import * as takeAttendance from './take-attendance/take-attendance.ts'

export const attendances = module('attendances', [takeAttendance, ownFrequency])
