/** Part of the browser's bundle. */
import { text } from '../../platform/http/fields.ts'

export const disciplineName = text(100)
