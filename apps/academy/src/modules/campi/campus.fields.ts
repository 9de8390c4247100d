/** Part of the browser's bundle. */
import { text } from '../../platform/http/fields.ts'

export const campusName = text(50)
export const city = text(50)
