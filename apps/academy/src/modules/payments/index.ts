import { module } from 'cascata'
import * as createCharge from './create-charge/create-charge.ts'
import * as listCharges from './list-charges/list-charges.ts'
import * as settleCharge from './receive-callback/settle-charge.ts'
import * as tellStudent from './tell-student/tell-student.ts'

export const payments = module('payments', [createCharge, settleCharge, tellStudent, listCharges])
