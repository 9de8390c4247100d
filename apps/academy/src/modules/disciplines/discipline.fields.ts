/** Part of the browser's bundle. */
import { line } from '../../platform/http/fields.ts'

export const DISCIPLINE_NAME_LENGTH_MAX = 100
export const disciplineName = line(DISCIPLINE_NAME_LENGTH_MAX)
