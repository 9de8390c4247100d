/**
 * Whether there is a row, asked for each row on its own. EXISTS says the same, but the planner may turn it into a join
 * and begin at the other end: with every event of a type, to find the one that failed.
 */
export const there = (from: string): string => `(select true from ${from} limit 1) is true`
export const notThere = (from: string): string => `(select true from ${from} limit 1) is null`
