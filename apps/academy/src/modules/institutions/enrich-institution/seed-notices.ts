/** Notices that the staff wrote. */
import type { Tx } from 'cascata'
import type { Text } from '../../../platform/http/endpoint.ts'
import { once, seedId } from '../seed-institution/seed-plan.ts'
import type { EnrichmentOrder } from './enrich-institution.commands.ts'

type Notice = { key: string; target: 'all' | 'students'; timeless: boolean; title: Text; description: Text }

const NOTICES: readonly Notice[] = [
  {
    key: 'welcome',
    target: 'all',
    timeless: true,
    title: { en: 'Welcome', pt: 'Boas-vindas' },
    description: {
      en: 'This is a demonstration institution: everybody in it is fictional. Look around, try everything.',
      pt: 'Esta é uma instituição de demonstração: todas as pessoas são fictícias. Explore à vontade.',
    },
  },
  {
    key: 'library',
    target: 'students',
    timeless: false,
    title: { en: 'The library opens on Saturdays', pt: 'A biblioteca abre aos sábados' },
    description: {
      en: 'From this month on, from 8:00 to 13:00, at the Agreste campus.',
      pt: 'A partir deste mês, das 8h às 13h, no campus Agreste.',
    },
  },
]

export async function seedNotices(tx: Tx, { institutionId }: EnrichmentOrder): Promise<void> {
  await once(tx, institutionId, 'notices', async () => {
    for (const notice of NOTICES) await insertNotice(tx, institutionId, notice)
    return { notices: NOTICES.length }
  })
}

export async function insertNotice(
  tx: Tx,
  institutionId: string,
  { key, target, timeless, title, description }: Notice,
): Promise<void> {
  const id = seedId(institutionId, 'notice', key)
  await tx.query(
    `insert into academy.notifications (institution_id, id, category, subject_id, title, description, link, target, timeless,
       created_by)
     select $1, $2, 'notice', $2, $3, $4, '/app/notifications', $5, $6, u.id
     from academy.users u where u.institution_id = $1 and u.role = 'staff' order by u.created_at, u.id limit 1`,
    [institutionId, id, JSON.stringify(title), JSON.stringify(description), target, timeless],
  )
  await tx.query(
    `insert into academy.notification_recipients (institution_id, user_id, notification_id)
     select $1, u.id, $2 from academy.users u
     where u.institution_id = $1 and (u.role = 'student' or ($3 = 'all' and u.role = 'teacher'))`,
    [institutionId, id, target],
  )
}
