/** Part of the browser's bundle. */
import { line } from '../../platform/http/fields.ts'

export const CAMPUS_NAME_LENGTH_MAX = 50
export const CITY_LENGTH_MAX = 50

export const campusName = line(CAMPUS_NAME_LENGTH_MAX)
export const city = line(CITY_LENGTH_MAX)
