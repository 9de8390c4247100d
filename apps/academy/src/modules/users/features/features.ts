/** Which doors besides the sign-in stand open, for the pages that show them. */
import { publicRoute } from '../../../platform/http/route.ts'
import { contract } from './features.contract.ts'

export const readFeatures = publicRoute('GET /features', contract, async ({ services }) => services.features)
