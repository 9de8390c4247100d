/** Vocabulary of enrollments. Part of the browser's bundle. */

/** `attending`: in another class of the discipline, which is not on offer; `passed`: approved in it, or exempt from it. */
export const HELD_DISCIPLINES = ['attending', 'passed'] as const
export type HeldDiscipline = (typeof HELD_DISCIPLINES)[number]
