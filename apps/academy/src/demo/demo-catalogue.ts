/** What the first demonstration institution teaches: two courses with their curricula, by period. Four credits, 72 hours each. */

export const CAMPI = [
  { key: 'centro', name: 'Centro', city: 'Serra Azul - SP' },
  { key: 'encosta', name: 'Encosta', city: 'Ribeirão Preto - SP' },
] as const

export type DemoDiscipline = { code: string; name: string; period: number }

const period = (number: number, names: Record<string, string>): DemoDiscipline[] =>
  Object.entries(names).map(([code, name]) => ({ code, name, period: number }))

export const DISCIPLINES: readonly DemoDiscipline[] = [
  ...period(1, {
    IC100: 'Introdução à Computação',
    LP101: 'Lógica de Programação',
    MD102: 'Matemática Discreta',
    MC103: 'Metodologia Científica',
  }),
  ...period(2, {
    BD101: 'Banco de Dados',
    ED201: 'Estruturas de Dados',
    PO202: 'Programação Orientada a Objetos',
    AC203: 'Arquitetura de Computadores',
  }),
  ...period(3, {
    SO302: 'Sistemas Operacionais',
    RC303: 'Redes de Computadores',
    ES304: 'Engenharia de Software',
    PE305: 'Probabilidade e Estatística',
  }),
  ...period(4, {
    SD301: 'Sistemas Distribuídos',
    IA402: 'Inteligência Artificial',
    SI403: 'Segurança da Informação',
    PI404: 'Projeto Integrador',
  }),
]

const MATHEMATICAL = ['MD102', 'PE305', 'IA402']

export const COURSES = [
  {
    key: 'computacao',
    name: 'Ciência da Computação',
    type: 'bachelor',
    curriculum: 'Grade CC 2026',
    shift: 'night',
    disciplines: DISCIPLINES,
  },
  {
    key: 'sistemas',
    name: 'Sistemas de Informação',
    type: 'technologist',
    curriculum: 'Grade SI 2026',
    shift: 'morning',
    disciplines: DISCIPLINES.filter(({ code }) => !MATHEMATICAL.includes(code)),
  },
] as const
