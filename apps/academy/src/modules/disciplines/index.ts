import { module } from 'cascata'
import * as manageDisciplines from './manage-disciplines/manage-disciplines.ts'

export const disciplines = module('disciplines', [manageDisciplines])
