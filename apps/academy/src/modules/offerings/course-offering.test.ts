import { expect, test } from 'vitest'
import { isRefusal } from '../../platform/http/refusal.ts'
import { CourseOffering, type OfferingParts } from './course-offering.ts'

const courseId = '019a0000-0000-7000-8000-000000000002'
const input = { campusId: 'campus', courseId, curriculumId: 'curriculum', periodId: '2026.1', shift: 'night' } as const
const nothing: OfferingParts = { campus: false, course: false, curriculum: undefined, period: false }

test('what is missing is told in the order of the form', () => {
  const steps: [Partial<OfferingParts>, string][] = [
    [{}, 'campus-not-found'],
    [{ campus: true }, 'course-not-found'],
    [{ course: true }, 'course-curriculum-not-found'],
    [{ curriculum: { courseId: 'another' } }, 'course-curriculum-not-found'],
    [{ curriculum: { courseId } }, 'academic-period-not-found'],
    [{ period: true }, 'created'],
  ]
  const parts = { ...nothing }
  for (const [more, expected] of steps) {
    const offering = CourseOffering.create(input, Object.assign(parts, more), '019a0000-0000-7000-8000-000000000001')
    expect(isRefusal(offering) ? offering.code : 'created').toBe(expected)
  }
})
