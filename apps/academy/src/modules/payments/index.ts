import { module } from 'cascata'
import * as createCharge from './create-charge/create-charge.ts'
import * as listCharges from './list-charges/list-charges.ts'
import * as settleCharge from './receive-callback/settle-charge.ts'

export const payments = module('payments', [createCharge, settleCharge, listCharges])
