import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, id, version, versionRead } from '../../../platform/http/fields.ts'
import { periodId } from '../../periods/period.fields.ts'
import { shift } from '../course-offering.fields.ts'

const named = z.object({ id, name: z.string() })

export const list = endpoint({
  path: 'GET /offerings',
  roles: ['staff'],
  tag: 'offerings',
  summary: { en: 'Course offerings, the latest period first', pt: 'Ofertas de curso, o período mais recente primeiro' },
  response: z.object({
    offerings: z.array(
      z.object({
        id,
        campus: named,
        course: named,
        curriculum: named,
        periodId,
        shift,
        students: count.meta({ description: 'An offering with students stays as it is' }),
        version,
      }),
    ),
  }),
})

const offering = z.strictObject({ campusId: id, courseId: id, curriculumId: id, periodId, shift })

export const create = endpoint({
  path: 'POST /offerings',
  roles: ['staff'],
  tag: 'offerings',
  summary: { en: 'Offer a course', pt: 'Ofertar um curso' },
  body: offering,
  status: 201,
  response: z.object({ id }),
})

export const edit = endpoint({
  path: 'PUT /offerings/:offeringId',
  roles: ['staff'],
  tag: 'offerings',
  summary: {
    en: 'Change an offering that nobody has entered by yet',
    pt: 'Mudar uma oferta pela qual ninguém ingressou ainda',
  },
  params: z.object({ offeringId: id }),
  body: offering.extend({ version: versionRead }),
  response: z.object({ id }),
})
