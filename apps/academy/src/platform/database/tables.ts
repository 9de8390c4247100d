/** The columns of the academy's tables, as migrations/ make them and as the driver gives them. */
import { type ColumnType, type Generated, type GeneratedAlways, type RawBuilder, sql } from 'kysely'
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
    result_order: Generated<'frequency-first' | 'note-first'>
    rounding: Generated<'half-even' | 'half-up'>
    demo_data: 'S' | 'M' | 'L' | null
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
    invented: Generated<boolean>
    created_at: Instant
    version: Generated<number>
    search_text: GeneratedAlways<string>
  }
  teachers: { institution_id: string; id: string; version: Generated<number> }
  students: {
    institution_id: string
    id: string
    enrollment_code: string
    status: Generated<'enrolled' | 'transferred' | 'deferred' | 'completed'>
    course_offering_id: string | null
    version: Generated<number>
  }
  campi: { institution_id: string; id: string; name: string; city: string; version: Generated<number> }
  courses: {
    institution_id: string
    id: string
    name: string
    type: 'bachelor' | 'licentiate' | 'technologist' | 'specialization' | 'master' | 'doctorate' | 'post-doctorate'
    version: Generated<number>
  }
  disciplines: {
    institution_id: string
    id: string
    name: string
    code: string
    version: Generated<number>
    search_text: GeneratedAlways<string>
  }
  course_disciplines: { institution_id: string; course_id: string; discipline_id: string }
  course_curricula: { institution_id: string; id: string; course_id: string; name: string; version: Generated<number> }
  curriculum_disciplines: {
    institution_id: string
    curriculum_id: string
    course_id: string
    discipline_id: string
    period: number
    credits: number
    workload_hours: number
  }
  course_offerings: {
    institution_id: string
    id: string
    campus_id: string
    course_id: string
    curriculum_id: string
    period_id: string
    shift: 'morning' | 'afternoon' | 'night'
    version: Generated<number>
  }
  academic_periods: { institution_id: string; id: string; start_at: Day; end_at: Day; version: Generated<number> }
  enrollment_periods: {
    institution_id: string
    period_id: string
    start_at: Day
    end_at: Day
    version: Generated<number>
  }
  classes: {
    institution_id: string
    id: string
    discipline_id: string
    teacher_id: string
    period_id: string
    vacancies: number
    status: Generated<'pre-enrollment' | 'enrollment' | 'started' | 'finalized'>
    finalization_id: string | null
    created_at: Instant
    version: Generated<number>
  }
  class_students: {
    institution_id: string
    class_id: string
    student_id: string
    /** Of the class; null for a seat that broke the rule of one class a discipline before it was one. */
    discipline_id: Generated<string | null>
    status: Generated<'enrolled' | 'approved' | 'failed-by-note' | 'failed-by-frequency' | 'exempt' | 'left'>
    enrolled_at: Instant
    average_note: Numeric
    frequency: Numeric
    result_rule: Json<Record<string, unknown>> | null
  }
  class_schedules: { institution_id: string; class_id: string; day: number; start_at: string; end_at: string }
  lessons: {
    institution_id: string
    id: string
    class_id: string
    number: number
    date: Day
    start_at: string
    end_at: string
    status: Generated<'pending' | 'finalized'>
    version: Generated<number>
    taken_by: string | null
    taken_at: Instant | null
  }
  lesson_attendances: {
    institution_id: string
    lesson_id: string
    student_id: string
    class_id: string
    present: boolean
  }
  class_finalizations: {
    institution_id: string
    id: string
    finalized_by: string
    created_at: Instant
    version: Generated<number>
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
    target: 'all' | 'students' | 'teachers' | null
    timeless: Generated<boolean>
    created_by: string | null
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
