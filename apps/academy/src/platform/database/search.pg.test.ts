import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Academy, startAcademy } from '../../../test-support/start-academy.ts'
import { startTerm } from '../../../test-support/start-term.ts'
import { contract as listClasses } from '../../modules/classes/list-classes/list-classes.contract.ts'
import { contract as createStudent } from '../../modules/students/create-student/create-student.contract.ts'
import { contract as listStudents } from '../../modules/students/list-students/list-students.contract.ts'
import { contract as createTeacher } from '../../modules/teachers/create-teacher/create-teacher.contract.ts'
import { contract as listTeachers } from '../../modules/teachers/list-teachers/list-teachers.contract.ts'
import { folded } from '../search.ts'

let academy: Academy
beforeAll(async () => {
  academy = await startAcademy()
})
afterAll(() => academy?.stop())

/** Letters of the scripts that names are written in, marks, apostrophes, and signs that patterns are made of. */
const letters = fc.oneof(
  ...[
    [0x20, 0x24f],
    [0x300, 0x36f],
    [0x370, 0x3ff],
    [0x400, 0x4ff],
    [0x1e00, 0x1fff],
    [0x2000, 0x2069],
    [0x3040, 0x30ff],
    [0x4e00, 0x4fff],
    [0xac00, 0xacff],
    [0xff00, 0xffef],
  ].map(([min = 0, max = 0]) => fc.integer({ min, max }).map((code) => String.fromCodePoint(code))),
)
const texts = fc.array(letters, { maxLength: 12 }).map((each) => each.join(''))

test('a browser and the database fold any text alike', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(texts, { minLength: 100, maxLength: 300 }), async (all) => {
      const { rows } = await academy.pools.web.query<{ text: string }>(
        'select academy.folded(t) as text from unnest($1::text[]) with ordinality as u(t, n) order by n',
        [all],
      )
      expect(rows.map(({ text }) => text)).toEqual(all.map(folded))
    }),
    { numRuns: 20 },
  )
})

test('students, teachers and classes are found whatever the accents, the case, the order and the encoding', async () => {
  const term = await startTerm(academy)
  const { staff } = term
  const composed = "José D'Ávila Conceição"
  const decomposed = 'Jose\u0301 Decomposto'
  for (const [index, name] of [composed, decomposed, 'ÉRICA GONÇALVES', 'Luís   Espaços'].entries()) {
    await staff.call(createStudent, { name, email: `aluno.${index}@uni.example`, courseOfferingId: term.offeringId })
  }
  await staff.call(createTeacher, { name: composed, email: 'prof@uni.example' })
  const students = async (search: string) =>
    (await staff.call(listStudents, { search })).students.map(({ name }) => name)
  for (const [search, names] of [
    ["d'ávila", [composed]],
    ['davila', [composed]],
    ['conceição josé', [composed]],
    ['JOSE', [composed, decomposed]],
    ['jose\u0301', [composed, decomposed]],
    ['erica gon', ['ÉRICA GONÇALVES']],
    ['luís espaços', ['Luís   Espaços']],
    ['jose aluno.0@uni', [composed]],
    ['%', []],
    ['_', []],
  ] as const) {
    expect.soft((await students(search)).sort(), search).toEqual([...names].sort())
  }
  const teachers = await staff.call(listTeachers, { search: 'conceicao jose' })
  expect(teachers.teachers.map(({ name }) => name)).toEqual([composed])
  const ethics = await term.createClass({ discipline: 2, teacherId: term.secondTeacherId })
  const found = await staff.call(listClasses, { search: 'carvalhal etica' })
  expect(found.classes.map(({ id }) => id)).toEqual([ethics])
})
