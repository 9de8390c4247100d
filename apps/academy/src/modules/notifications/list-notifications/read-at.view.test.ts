import { expect, test } from 'vitest'
import { emailsIncomplete, emailsSent, newActivity } from '../../activities/create-class-activity/announcement.ts'
import { resultNotice, resultsIncomplete, resultsSent } from '../../classes/finalize-classes/result-notice.ts'
import { newCharge, paymentReceived, paymentRefused } from '../../payments/tell-student/charge-words.ts'
import { isReadAt } from './read-at.view.ts'

const id = '019a0000-0000-7000-8000-000000000001'
const activity = { id, title: 'Modelagem', discipline: 'Banco de Dados' } as Parameters<typeof newActivity>[0]
const tally = { sent: 1, total: 2, classes: 1 }
const charge = { id, description: 'Biblioteca', amount_cents: 100 }

test.each([
  newActivity(activity),
  emailsSent(activity, tally),
  emailsIncomplete(activity, tally),
  newCharge(charge),
  paymentReceived(charge),
  paymentRefused(charge),
  resultNotice(id, []),
  resultsSent(id, tally),
  resultsIncomplete(id, tally),
])('$category is read at $link', ({ link }) => {
  expect(isReadAt(link)).toBe(true)
})

test.each(['/app/notifications', '/app/home', '/app/classes/x', '/app/activities'])('%s reads none', (path) => {
  expect(isReadAt(path)).toBe(false)
})
