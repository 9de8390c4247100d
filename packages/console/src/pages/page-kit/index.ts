/**
 * The behaviour that the console's pages share with those of the application around it: no looks, no words, no addresses.
 * An application imports it as `@cascata/console/page-kit`.
 */
export { AWAY_EVERY_MS, isAwayProblem, useFailure } from './away.ts'
export { useCopy } from './copy.ts'
export { useKeptFocus } from './kept-focus.ts'
export { openStream, type StreamState } from './live-stream.ts'
export { useIsSomethingMissing, useMissingPart } from './missing.ts'
export { useFocusOnNavigation } from './navigation.ts'
export { TOOLTIP_AFTER_MS, useNow, useTakesLong } from './time.ts'
