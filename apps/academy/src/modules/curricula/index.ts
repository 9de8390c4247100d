import { module } from 'cascata'
import * as manageCurricula from './manage-curricula/manage-curricula.ts'
import * as ownCurriculum from './own-curriculum/own-curriculum.ts'

export const curricula = module('curricula', [manageCurricula, ownCurriculum])
