import { module } from 'cascata'
import * as choosePassword from './choose-password/choose-password.ts'
import * as finishRegistration from './finish-registration/finish-registration.ts'
import * as registerUser from './register-user/register-user.ts'
import * as resetPassword from './reset-password/reset-password.ts'

export const registrations = module('registrations', [registerUser, finishRegistration, resetPassword, choosePassword])
