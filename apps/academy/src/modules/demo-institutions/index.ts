import { module } from 'cascata'
import * as createDemoInstitution from './create-demo-institution/create-demo-institution.ts'
import * as openDoor from './open-door/open-door.ts'

export const demoInstitutions = module('demo-institutions', [createDemoInstitution, openDoor])
