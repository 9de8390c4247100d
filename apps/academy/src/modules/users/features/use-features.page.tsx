import { useApi } from '../../../platform/ui/api.tsx'
import { contract } from './features.contract.ts'

/** Until they are known nothing is offered: a door that is shut a moment later is worse than one that opens late. */
export const useFeatures = () => useApi(contract, {}).data
