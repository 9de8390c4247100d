import { module } from 'cascata'
import * as configureInstitution from './configure-institution/configure-institution.ts'
import * as enrichInstitution from './enrich-institution/enrich-institution.ts'
import * as followSeed from './follow-seed/follow-seed.ts'
import * as listInstitutions from './list-institutions/list-institutions.ts'
import * as ownInstitution from './own-institution/own-institution.ts'
import * as seedInstitution from './seed-institution/seed-institution.ts'

export const institutions = module('institutions', [
  listInstitutions,
  ownInstitution,
  configureInstitution,
  seedInstitution,
  followSeed,
  enrichInstitution,
])
