import { module } from 'cascata'
import * as me from './me/me.ts'

export const users = module('users', [me])
