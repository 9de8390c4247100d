import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { id } from '../../../platform/http/fields.ts'
import { STUDENT_CLASS_STATUSES } from '../../classes/class.fields.ts'
import { credits, curriculumPeriod, workloadHours } from '../course-curriculum.fields.ts'

/** `pending`: not enrolled in it yet. Of several results the best counts; while there is none, the latest enrollment. */
export const DISCIPLINE_STATUSES = ['pending', ...STUDENT_CLASS_STATUSES] as const

export const contract = endpoint({
  path: 'GET /curriculum',
  roles: ['student'],
  tag: 'curricula',
  summary: { en: 'The subjects of my curriculum, by period', pt: 'As disciplinas da minha grade, por período' },
  response: z.object({
    course: z.string().nullable(),
    curriculum: z.string().nullable(),
    disciplines: z.array(
      z.object({
        id,
        name: z.string(),
        period: curriculumPeriod,
        credits,
        workloadHours,
        status: z.enum(DISCIPLINE_STATUSES),
      }),
    ),
  }),
})
