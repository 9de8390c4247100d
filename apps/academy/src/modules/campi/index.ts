import { module } from 'cascata'
import * as manageCampi from './manage-campi/manage-campi.ts'

export const campi = module('campi', [manageCampi])
