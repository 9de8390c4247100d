/** Part of the browser's bundle. */
import { text } from '../../platform/http/fields.ts'

export const DISCIPLINE_NAME_LENGTH_MAX = 100
export const disciplineName = text(DISCIPLINE_NAME_LENGTH_MAX)
