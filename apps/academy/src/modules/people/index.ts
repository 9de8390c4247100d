import { module } from 'cascata'
import * as correctAddress from './correct-address/correct-address.ts'
import * as inviteAgain from './invite-again/invite-again.ts'

export const people = module('people', [correctAddress, inviteAgain])
