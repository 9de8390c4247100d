/** The columns of the academy's tables, as migrations/ make them and as the driver gives them. */
import { type ColumnType, type Generated, type RawBuilder, sql } from 'kysely'
import type { Text } from '../http/endpoint.ts'

type Instant = ColumnType<Date, Date | string | undefined, Date | string>
/** Days travel as text; select them with `dayText`, or the driver gives midnight of the process's own time zone. */
type Day = ColumnType<never, string, string>
/** Numeric columns come as text. */
type Numeric = ColumnType<string | null, number | string | null | undefined, number | string | null>
type Json<T> = ColumnType<T, string, string>

export type Tables = {
  institutions: {
    id: string
    name: string
    time_zone: Generated<string>
    note_limit: Numeric
    frequency_limit: Numeric
    created_at: Instant
    version: Generated<number>
  }
  users: {
    institution_id: string
    id: string
    name: string
    email: string
    role: 'staff' | 'teacher' | 'student' | 'administrator'
    locale: Generated<'pt-BR' | 'en'>
    created_at: Instant
    version: Generated<number>
  }
  teachers: { institution_id: string; id: string }
  students: {
    institution_id: string
    id: string
    enrollment_code: string
    status: Generated<'enrolled' | 'transferred' | 'deferred' | 'completed'>
  }
  disciplines: { institution_id: string; id: string; name: string; code: string }
  academic_periods: { institution_id: string; id: string; start_at: Day; end_at: Day }
  classes: {
    institution_id: string
    id: string
    discipline_id: string
    teacher_id: string
    period_id: string
    vacancies: number
    status: Generated<'pre-enrollment' | 'enrollment' | 'started' | 'finalized'>
    created_at: Instant
    version: Generated<number>
  }
  class_students: {
    institution_id: string
    class_id: string
    student_id: string
    status: Generated<'enrolled' | 'approved' | 'failed-by-note' | 'failed-by-frequency' | 'exempt' | 'left'>
    enrolled_at: Instant
  }
  class_student_notes: {
    institution_id: string
    class_id: string
    student_id: string
    type: 'N1' | 'N2' | 'N3'
    note: Numeric
    version: Generated<number>
  }
  class_activities: {
    institution_id: string
    id: string
    class_id: string
    note: 'N1' | 'N2' | 'N3'
    title: string
    description: string
    type: 'exam' | 'work' | 'research' | 'presentation'
    weight: number
    status: 'draft' | 'published' | 'closed'
    due_date: Day
    due_hour: string
    created_by: string
    created_at: Instant
    version: Generated<number>
  }
  notifications: {
    institution_id: string
    id: string
    category: string
    subject_id: string
    title: Json<Text>
    description: Json<Text>
    link: string
    details: Json<Record<string, unknown>>
    created_at: Instant
  }
  notification_recipients: {
    institution_id: string
    user_id: string
    notification_id: string
    created_at: Instant
    viewed_at: ColumnType<Date | null, never, Date | string | RawBuilder<Date>>
  }
  email_messages: {
    institution_id: string
    purpose: string
    entity_id: string
    recipient_id: string
    status: Generated<'waiting' | 'sent' | 'retrying' | 'failed' | 'cancelled' | 'unknown'>
    reason: string | null
    command_id: string | null
    key: string | null
    provider_id: string | null
    created_at: Instant
    updated_at: Instant
    sent_at: ColumnType<Date | null, Date | null, Date | string | null>
  }
}

/** YYYY-MM-DD. */
export const dayText = (column: string) => sql<string>`to_char(${sql.ref(column)}, 'YYYY-MM-DD')`
/** HH:MM. */
export const hourText = (column: string) => sql<string>`to_char(${sql.ref(column)}, 'HH24:MI')`
