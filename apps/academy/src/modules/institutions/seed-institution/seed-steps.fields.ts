/** The steps by the names that pages and the database know them by. Part of the browser's bundle. */

export const SEED_STEPS = ['basic-data', 'users', 'classes', 'enrollments', 'attendances'] as const
/** What follows when the first door is opened. */
export const ENRICHMENT_STEPS = ['activities', 'grades', 'notices'] as const
export type SeedStep = (typeof SEED_STEPS)[number] | (typeof ENRICHMENT_STEPS)[number]
