/** The people and places of the demonstration: invented, and the same every time. Addresses are under a name of our own that gets no mail. */
import { createHash } from 'node:crypto'
import type { Role } from '../platform/http/endpoint.ts'

export const DEMO_PASSWORD = 'cascata-demo'

export type DemoPerson = { name: string; email: string }
export type DemoInstitution = {
  key: string
  name: string
  staff: DemoPerson
  /** The first teaches the class of six and the class of nobody, the second a class of three. */
  teachers: readonly [DemoPerson, DemoPerson]
  students: readonly DemoPerson[]
}

export const DEMO_ADMINISTRATOR: DemoPerson = { name: 'Helena Prado', email: 'helena.prado@adm.exemplo.dev' }

export const DEMO_INSTITUTIONS: readonly [DemoInstitution, DemoInstitution] = [
  {
    key: 'serra-azul',
    name: 'Universidade Serra Azul',
    staff: { name: 'Beatriz Nogueira', email: 'beatriz.nogueira@serra-azul.exemplo.dev' },
    teachers: [
      { name: 'Rafael Antunes', email: 'rafael.antunes@serra-azul.exemplo.dev' },
      { name: 'Lívia Carvalhal', email: 'livia.carvalhal@serra-azul.exemplo.dev' },
    ],
    students: [
      { name: 'Ana Clara Fontes', email: 'ana.fontes@alunos.exemplo.dev' },
      { name: 'Bruno Tavares', email: 'bruno.tavares@alunos.exemplo.dev' },
      { name: 'Cecília Moura', email: 'cecilia.moura@alunos.exemplo.dev' },
      { name: 'Davi Quintela', email: 'davi.quintela@alunos.exemplo.dev' },
      { name: 'Elisa Borges', email: 'elisa.borges@alunos.exemplo.dev' },
      { name: 'Felipe Jardim', email: 'felipe.jardim@alunos.exemplo.dev' },
    ],
  },
  {
    key: 'porto-claro',
    name: 'Instituto Porto Claro',
    staff: { name: 'Marcos Vidal', email: 'marcos.vidal@porto-claro.exemplo.dev' },
    teachers: [
      { name: 'Joana Meireles', email: 'joana.meireles@porto-claro.exemplo.dev' },
      { name: 'Sérgio Paiva', email: 'sergio.paiva@porto-claro.exemplo.dev' },
    ],
    students: [
      { name: 'Gabriela Rios', email: 'gabriela.rios@alunos.exemplo.dev' },
      { name: 'Heitor Campos', email: 'heitor.campos@alunos.exemplo.dev' },
      { name: 'Isabel Saraiva', email: 'isabel.saraiva@alunos.exemplo.dev' },
      { name: 'João Pedro Leal', email: 'joao.leal@alunos.exemplo.dev' },
      { name: 'Karina Duarte', email: 'karina.duarte@alunos.exemplo.dev' },
      { name: 'Lucas Figueira', email: 'lucas.figueira@alunos.exemplo.dev' },
    ],
  },
]

/** One of each role, to be shown to whoever starts the system. */
export const DEMO_SIGN_INS: readonly { role: Role; name: string; email: string; password: string }[] = [
  { role: 'teacher', ...DEMO_INSTITUTIONS[0].teachers[0], password: DEMO_PASSWORD },
  { role: 'student', ...(DEMO_INSTITUTIONS[0].students[0] as DemoPerson), password: DEMO_PASSWORD },
  { role: 'staff', ...DEMO_INSTITUTIONS[0].staff, password: DEMO_PASSWORD },
  { role: 'administrator', ...DEMO_ADMINISTRATOR, password: DEMO_PASSWORD },
]

/** 2026-01-01T00:00:00Z: a UUIDv7 carries a time, and these are to be the same on every machine. */
const DEMO_TIME_HEX = (1_767_225_600_000).toString(16).padStart(12, '0')

/** The same UUID for the same name. */
export function demoId(name: string): string {
  const hash = createHash('sha256').update(`academy demo ${name}`).digest('hex')
  const variant = ((Number.parseInt(hash[3] ?? '0', 16) & 0x3) | 0x8).toString(16)
  const hex = `${DEMO_TIME_HEX}7${hash.slice(0, 3)}${variant}${hash.slice(4, 19)}`
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

export const institutionId = (key: string) => demoId(`institution ${key}`)
export const personId = (email: string) => demoId(`person ${email}`)
export const disciplineId = (key: string, code: string) => demoId(`discipline ${institutionId(key)} ${code}`)
export const classId = (key: string, which: 'six' | 'nobody' | 'second-teacher' | `large-${number}`, period: string) =>
  demoId(`class ${key} ${which} ${period}`)
