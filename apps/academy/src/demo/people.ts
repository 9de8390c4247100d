/** The people and places of the demonstration: invented, and the same every time. Addresses are under names that are reserved for examples (RFC 2606): no mail reaches them. */
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

export const DEMO_ADMINISTRATOR: DemoPerson = { name: 'Helena Prado', email: 'helena.prado@adm.example' }

export const DEMO_INSTITUTIONS: readonly [DemoInstitution, DemoInstitution] = [
  {
    key: 'serra-azul',
    name: 'Universidade Serra Azul',
    staff: { name: 'Beatriz Nogueira', email: 'beatriz.nogueira@serra-azul.example' },
    teachers: [
      { name: 'Rafael Antunes', email: 'rafael.antunes@serra-azul.example' },
      { name: 'Lívia Carvalhal', email: 'livia.carvalhal@serra-azul.example' },
    ],
    students: [
      { name: 'Ana Clara Fontes', email: 'ana.fontes@alunos.example' },
      { name: 'Bruno Tavares', email: 'bruno.tavares@alunos.example' },
      { name: 'Cecília Moura', email: 'cecilia.moura@alunos.example' },
      { name: 'Davi Quintela', email: 'davi.quintela@alunos.example' },
      { name: 'Elisa Borges', email: 'elisa.borges@alunos.example' },
      { name: 'Felipe Jardim', email: 'felipe.jardim@alunos.example' },
    ],
  },
  {
    key: 'porto-claro',
    name: 'Instituto Porto Claro',
    staff: { name: 'Marcos Vidal', email: 'marcos.vidal@porto-claro.example' },
    teachers: [
      { name: 'Joana Meireles', email: 'joana.meireles@porto-claro.example' },
      { name: 'Sérgio Paiva', email: 'sergio.paiva@porto-claro.example' },
    ],
    students: [
      { name: 'Gabriela Rios', email: 'gabriela.rios@alunos.example' },
      { name: 'Heitor Campos', email: 'heitor.campos@alunos.example' },
      { name: 'Isabel Saraiva', email: 'isabel.saraiva@alunos.example' },
      { name: 'João Pedro Leal', email: 'joao.leal@alunos.example' },
      { name: 'Karina Duarte', email: 'karina.duarte@alunos.example' },
      { name: 'Lucas Figueira', email: 'lucas.figueira@alunos.example' },
    ],
  },
]

/** Enrolled after the others, in the class of three: who came to the demonstration's institutions while it was made. */
export const LATECOMERS: readonly (DemoPerson & { institution: DemoInstitution })[] = [
  // Igor Salles, with one l too few: the mail service refuses what is sent to him, until somebody corrects it.
  { institution: DEMO_INSTITUTIONS[0], name: 'Igor Salles', email: 'igor.sales@alunos.example' },
  { institution: DEMO_INSTITUTIONS[1], name: 'Marina Duprat', email: 'marina.duprat@alunos.example' },
]

/** The address that the mail service of the demonstration refuses for good. */
export const REFUSED_ADDRESS = 'igor.sales@alunos.example'

/** Students of the first institution who are invited by e-mail and have no password yet. */
export const NEWCOMERS: readonly DemoPerson[] = [
  { name: 'Nina Prates', email: 'nina.prates@alunos.example' },
  { name: 'Tomás Vilela', email: 'tomas.vilela@alunos.example' },
]

/** The institution in which the large class of `npm run story` is taught, so that the demonstration stays small. */
export const STORY_INSTITUTION: DemoInstitution = {
  key: 'vale-do-sol',
  name: 'Centro Universitário Vale do Sol',
  staff: { name: 'Renata Siqueira', email: 'renata.siqueira@vale-do-sol.example' },
  teachers: [
    { name: 'Otávio Meireles', email: 'otavio.meireles@vale-do-sol.example' },
    { name: 'Clara Vasconcelos', email: 'clara.vasconcelos@vale-do-sol.example' },
  ],
  students: [],
}

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
/** Drawn from addresses that once ended otherwise; ids never change. */
export const personId = (email: string) => demoId(`person ${email.replace(/\.example$/, '.exemplo.dev')}`)
export const disciplineId = (key: string, code: string) => demoId(`discipline ${institutionId(key)} ${code}`)
export const classId = (key: string, which: 'six' | 'nobody' | 'second-teacher' | `large-${number}`, period: string) =>
  demoId(`class ${key} ${which} ${period}`)
