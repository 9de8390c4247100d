/** What the demonstration institution teaches, and where: campi, courses, and two curricula with all their disciplines. */
import type { CourseType } from '../../courses/course.fields.ts'

export const CAMPI = [
  { key: 'garoa', name: 'Garoa', city: 'Garanhuns - PE' },
  { key: 'sertao', name: 'Sertão', city: 'Petrolina - PE' },
  { key: 'agreste', name: 'Agreste', city: 'Caruaru - PE' },
  { key: 'suassuna', name: 'Suassuna', city: 'Recife - PE' },
] as const

export const COURSES = [
  { key: 'administracao', name: 'Administração', type: 'master' },
  { key: 'ads', name: 'Análise e Desenvolvimento de Sistemas', type: 'bachelor' },
  { key: 'arquitetura', name: 'Arquitetura e Urbanismo', type: 'technologist' },
  { key: 'computacao', name: 'Ciência da Computação', type: 'bachelor' },
  { key: 'direito', name: 'Direito', type: 'bachelor' },
  { key: 'civil', name: 'Engenharia Civil', type: 'bachelor' },
  { key: 'mecanica', name: 'Engenharia Mecânica', type: 'bachelor' },
  { key: 'producao', name: 'Engenharia de Produção', type: 'post-doctorate' },
  { key: 'pedagogia', name: 'Pedagogia', type: 'licentiate' },
] as const satisfies readonly { key: string; name: string; type: CourseType }[]

/** Name, credits, hours. */
type Line = readonly [name: string, credits: number, hours: number]

export type SeedCurriculum = {
  course: 'ads' | 'direito'
  name: string
  /** One list of disciplines for each period. */
  periods: readonly (readonly Line[])[]
}

const usual = (...names: string[]): Line[] => names.map((name) => [name, 4, 72])

export const CURRICULA: readonly SeedCurriculum[] = [
  {
    course: 'ads',
    name: 'Grade ADS 1.0',
    periods: [
      [
        ...usual(
          'Matemática Discreta',
          'Pensamento Computacional e Algoritmos',
          'Design de Interação Humano-Máquina',
          'Introdução a Redes de Computadores',
          'Introdução ao Desenvolvimento Web',
        ),
        ['Projeto Integrador I: Concepção e Prototipação', 4, 60],
      ],
      [
        ...usual(
          'Arquitetura de Computadores e Sistemas Operacionais',
          'Banco de Dados',
          'Estrutura de Dados',
          'Informática e Sociedade',
          'Programação Orientada a Objetos',
        ),
        ['Projeto Integrador II: Modelagem de Banco de Dados', 4, 60],
      ],
      [
        ...usual(
          'Análise e Projeto de Software',
          'Arquitetura de Software',
          'Computação em Nuvem e Web Services',
          'Estatística Aplicada',
          'Configuração e Manutenção de Software',
        ),
        ['Projeto Integrador III: Desenvolvimento Full Stack', 4, 60],
      ],
      [
        ...usual(
          'Inovação e Empreendedorismo',
          'Análise e Visualização de Dados',
          'Desenvolvimentos de Aplicações Móveis',
          'Gestão de Projetos e Governança de TI',
          'Sistemas Distribuídos',
        ),
        ['Projeto Integrador IV: Aplicações Móveis', 4, 60],
      ],
      [
        ...usual(
          'Big Data e Data Science',
          'Inteligência Artificial',
          'Segurança da Informação',
          'Sistemas Embarcados',
          'Testes e Verificação de Software',
        ),
        ['Libras', 2, 30],
        ['Projeto Integrador V: Sistemas Inteligentes', 4, 60],
      ],
    ],
  },
  {
    course: 'direito',
    name: 'Grade Direito 1.0',
    periods: [
      usual(
        'Bases Filosóficas do Direito',
        'Teoria Geral do Direito',
        'História do Direito',
        'Ciência Política e Teoria do Estado',
        'Leitura e Produção de Textos Jurídicos',
      ),
      [
        ['Teoria da Constituição', 4, 72],
        ['Sociologia Jurídica', 2, 36],
        ['Direito Civil: Parte Geral', 4, 72],
        ['Economia Política', 2, 36],
        ['Teoria do Crime', 4, 72],
        ['Hermenêutica Jurídica', 4, 72],
      ],
      usual(
        'Direito das Obrigações',
        'Direitos Fundamentais',
        'Teoria da Pena',
        'Teoria Geral do Processo',
        'Organização do Estado',
      ),
      usual(
        'Teoria Geral dos Contratos',
        'Processo Civil: Conhecimento',
        'Crimes contra a Pessoa',
        'Direito Administrativo: Organização',
        'Direito do Trabalho Individual',
        'Direito Empresarial: Teoria Geral',
      ),
      [
        ...usual('Contratos em Espécie', 'Processo Civil: Recursos', 'Crimes contra o Patrimônio'),
        ['Direito Administrativo: Contratos e Licitações', 3, 60],
        ['Direito do Trabalho Coletivo', 3, 60],
        ['Direito Societário', 4, 72],
      ],
      [
        ...usual('Direitos Reais', 'Processo Civil: Execução', 'Processo Penal: Investigação e Ação'),
        ['Títulos de Crédito', 3, 60],
        ...usual('Processo do Trabalho', 'Direito Tributário: Teoria Geral'),
      ],
      [
        ...usual('Direito de Família', 'Processo Penal: Procedimentos', 'Direito Tributário: Impostos em Espécie'),
        ['Falência e Recuperação de Empresas', 3, 60],
        ...usual('Direito Internacional Público', 'Direito Ambiental'),
      ],
      [
        ['Direito das Sucessões', 4, 72],
        ['Prática Jurídica I: Atendimento', 3, 72],
        ['Ética Profissional', 2, 36],
        ['Direito Internacional Privado', 4, 72],
        ['Metodologia da Pesquisa Jurídica', 2, 36],
        ['Direito do Consumidor', 4, 72],
        ['Processo Constitucional', 4, 72],
      ],
      [
        ['Prática Jurídica II: Área Cível', 2, 72],
        ['Direito da Criança e do Adolescente', 2, 36],
        ['Direito da Pessoa Idosa', 2, 36],
        ['Eletiva I: Direito Digital', 2, 36],
        ['Prática Jurídica III: Área Penal', 2, 72],
        ['Direitos Humanos', 4, 72],
        ['Trabalho de Conclusão I: Projeto', 2, 36],
      ],
      [
        ['Prática Jurídica IV: Área Trabalhista', 2, 72],
        ['Direito Previdenciário', 3, 60],
        ['Mediação e Arbitragem', 2, 40],
        ['Eletiva II: Direito Desportivo', 2, 36],
        ['Eletiva III: Direito Agrário', 2, 36],
        ['Prática Jurídica V: Tribunais', 2, 72],
        ['Trabalho de Conclusão II: Monografia', 4, 36],
      ],
    ],
  },
]

/** Whose classes are opened, taught and attended: the first period of systems. */
export const TAUGHT = CURRICULA[0]?.periods[0]?.map(([name]) => name) ?? []
