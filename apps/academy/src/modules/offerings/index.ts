import { module } from 'cascata'
import * as manageOfferings from './manage-offerings/manage-offerings.ts'

export const offerings = module('offerings', [manageOfferings])
