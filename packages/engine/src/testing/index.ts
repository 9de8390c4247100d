// Public: what a test of an application needs. No global mode; everything runs on a real PostgreSQL.
export { type Harness, type HarnessOptions, startHarness } from './harness.ts'
export { lineageText } from './lineage-text.ts'
