import { module } from 'cascata'
import * as listInstitutions from './list-institutions/list-institutions.ts'

export const institutions = module('institutions', [listInstitutions])
