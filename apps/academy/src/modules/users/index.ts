import { module } from 'cascata'
import * as features from './features/features.ts'
import * as me from './me/me.ts'

export const users = module('users', [me, features])
