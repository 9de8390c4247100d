/** Part of the browser's bundle. */
import { text } from '../../platform/http/fields.ts'

export const CAMPUS_NAME_LENGTH_MAX = 50
export const CITY_LENGTH_MAX = 50

export const campusName = text(CAMPUS_NAME_LENGTH_MAX)
export const city = text(CITY_LENGTH_MAX)
