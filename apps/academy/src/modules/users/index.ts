import { module } from 'cascata'
import * as authenticator from './authenticator/authenticator.ts'
import * as features from './features/features.ts'
import * as me from './me/me.ts'
import * as ownAccount from './own-account/own-account.ts'
import * as turnOffAuthenticator from './turn-off-authenticator/turn-off-authenticator.ts'

export const users = module('users', [me, ownAccount, authenticator, turnOffAuthenticator, features])
