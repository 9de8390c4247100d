/** Activities as a student needs them: what is due first comes first, what is over last, the latest of it on top. */
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { daysBetween } from '../../../platform/ui/format.ts'
import type { contract } from './list-activities.contract.ts'

export type Activities = ResponseOf<typeof contract>['activities']

const WEEK_DAYS = 7

export function groupByDue(activities: Activities, today: string) {
  const due = ({ dueDate, dueHour }: Activities[number]) => `${dueDate} ${dueHour}`
  const soonestFirst = [...activities].sort((a, b) => due(a).localeCompare(due(b)))
  const daysLeft = ({ dueDate }: Activities[number]) => daysBetween(today, dueDate)
  return {
    thisWeek: soonestFirst.filter((each) => daysLeft(each) >= 0 && daysLeft(each) <= WEEK_DAYS),
    later: soonestFirst.filter((each) => daysLeft(each) > WEEK_DAYS),
    past: soonestFirst.filter((each) => daysLeft(each) < 0).reverse(),
  }
}
