/** How worrying the age of the oldest pending work is: seconds are normal, a minute is late, five are an outage. */
const LATE_MS = 60_000
const OUTAGE_MS = 5 * 60_000

export function ageTone(ms: number | undefined): 'good' | 'warn' | 'bad' {
  if (ms === undefined || ms < LATE_MS) return 'good'
  return ms < OUTAGE_MS ? 'warn' : 'bad'
}

/** How worrying failed attempts are: a few beside many successes are what retries are for; as many as successes are an outage. */
export function failingTone(failed: number, succeeded: number | null): 'good' | 'warn' | 'bad' {
  if (failed === 0) return 'good'
  return failed >= (succeeded ?? 0) ? 'bad' : 'warn'
}
