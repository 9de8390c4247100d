import { module } from 'cascata'
import * as listStaff from './list-staff/list-staff.ts'

export const staff = module('staff', [listStaff])
