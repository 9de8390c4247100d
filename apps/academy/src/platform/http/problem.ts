/** RFC 9457: every answer that is not a success has the same shape, a code that never changes and words in the reader's language. */
import { isDatabaseTimeout, isOutage } from 'cascata'
import { z } from 'zod'
import { type FieldError, type Locale, type Problem, type Text, textIn } from './endpoint.ts'
import type { Because, Refusal } from './refusal.ts'
import { unstorablePaths } from './unstorable-text.ts'

/** The problems that the HTTP layer itself knows; those of the rules come with their refusals. */
export const PROBLEMS = {
  'malformed-request': [400, 'The request cannot be read.', 'A requisição não pode ser lida.'],
  'malformed-json': [400, 'The body is not valid JSON.', 'O corpo não é um JSON válido.'],
  'malformed-idempotency-key': [
    400,
    'The header Idempotency-Key is 1 to 128 visible characters of ASCII.',
    'O cabeçalho Idempotency-Key tem de 1 a 128 caracteres visíveis de ASCII.',
  ],
  unauthenticated: [401, 'Sign in to continue.', 'Entre para continuar.'],
  'wrong-email-or-password': [401, 'The e-mail or the password is wrong.', 'O e-mail ou a senha está incorreto.'],
  'code-needed': [
    401,
    'Type the code that your authenticator app shows, or a recovery code.',
    'Digite o código do seu aplicativo autenticador, ou um código de recuperação.',
  ],
  'wrong-code': [
    401,
    'This code is wrong, or was used already. Wait for the next one of the app.',
    'Este código está errado, ou já foi usado. Espere o próximo do aplicativo.',
  ],
  'wrong-recovery-code': [
    401,
    'This recovery code is wrong, or was used already. Type another.',
    'Este código de recuperação está errado, ou já foi usado. Digite outro.',
  ],
  'not-a-code': [
    401,
    'Type the six digits that the app shows, or a recovery code: ten letters and digits.',
    'Digite os seis dígitos que o aplicativo mostra, ou um código de recuperação: dez letras e números.',
  ],
  'authenticator-needed': [
    401,
    'Administrators sign in with a code as well. Set up an authenticator app in “My account” first.',
    'Administradores entram também com um código. Antes, configure um aplicativo autenticador em “Minha conta”.',
  ],
  'wrong-role': [403, 'Your account may not do this.', 'Sua conta não pode fazer isto.'],
  'wrong-origin': [403, 'The request comes from another site.', 'A requisição vem de outro site.'],
  'wrong-host': [
    403,
    'The academy does not answer under this name. Use the address of PUBLIC_URL.',
    'O sistema acadêmico não atende por este nome. Use o endereço de PUBLIC_URL.',
  ],
  'local-only': [403, 'Only this machine itself may see this.', 'Só a própria máquina pode ver isto.'],
  'not-found': [404, 'There is nothing here.', 'Não há nada aqui.'],
  'request-under-way': [
    409,
    'The same request is being done at this moment. Its answer is there soon.',
    'O mesmo pedido está sendo feito neste momento. A resposta chega em instantes.',
  ],
  'repeated-request': [
    409,
    'The same was sent a moment ago and was done. To have it twice, send each with an Idempotency-Key of its own.',
    'O mesmo foi enviado há instantes e já foi feito. Para ter duas vezes, envie cada um com um Idempotency-Key próprio.',
  ],
  'too-large': [413, 'The request is too large.', 'A requisição é grande demais.'],
  'unsupported-media-type': [
    415,
    'Send JSON (content-type: application/json).',
    'Envie JSON (content-type: application/json).',
  ],
  'invalid-input': [422, 'Some fields need another value.', 'Alguns campos precisam de outro valor.'],
  'idempotency-key-reused': [
    422,
    'What was sent before has been done already, with other values. See whether it is what you want before you send this.',
    'O que foi enviado antes já foi feito, com outros valores. Veja se é o que você quer antes de enviar isto.',
  ],
  'too-many-attempts': [
    429,
    'Too many wrong passwords. Wait a few minutes and try again.',
    'Muitas senhas incorretas. Espere alguns minutos e tente de novo.',
  ],
  'too-many-codes': [
    429,
    'Too many wrong codes. Wait a few minutes and try again.',
    'Muitos códigos errados. Espere alguns minutos e tente de novo.',
  ],
  'proof-needed': [
    403,
    'Many wrong passwords were tried here. Come in by a link: ask for one at “Forgot the password”, or use a device on which you signed in before.',
    'Muitas senhas incorretas foram tentadas aqui. Entre por um link: peça em “Esqueci a senha”, ou use um aparelho em que você já entrou.',
  ],
  'code-proof-needed': [
    403,
    'Many wrong codes were tried for this account. Use a device on which you signed in with a code before, or choose a new password by a link. If a link does not help, wait until tomorrow.',
    'Muitos códigos errados foram tentados para esta conta. Use um aparelho em que você já entrou com um código, ou escolha outra senha por um link. Se o link não resolver, espere até amanhã.',
  ],
  'too-many-requests': [
    429,
    'This was asked for too often. Wait a while and try again.',
    'Isto foi pedido muitas vezes. Espere um pouco e tente de novo.',
  ],
  internal: [
    500,
    'Something went wrong on our side. Nothing was saved.',
    'Algo deu errado do nosso lado. Nada foi salvo.',
  ],
  busy: [
    503,
    'Many people are signing in right now. Try again in a few seconds.',
    'Muita gente está entrando agora. Tente de novo em alguns segundos.',
  ],
  unavailable: [
    503,
    'The service is not available right now. Try again in a moment.',
    'O serviço não está disponível agora. Tente de novo em instantes.',
  ],
  'took-too-long': [
    503,
    'The database took too long for this. Try again in a moment; if it stays so, tell whoever runs this installation.',
    'O banco de dados demorou demais para isto. Tente de novo em instantes; se continuar, avise quem opera esta instalação.',
  ],
} as const satisfies Record<string, readonly [number, string, string]>
export type ProblemCode = keyof typeof PROBLEMS

/** The problem that an unexpected error is. */
export function problemOfError(error: unknown): ProblemCode {
  if (isDatabaseTimeout(error)) return 'took-too-long'
  return isOutage(error) ? 'unavailable' : 'internal'
}

const STATUS_OF: Record<Because, number> = { invalid: 422, 'not-found': 404, conflict: 409, forbidden: 403 }

const TITLES: Record<number, Text> = {
  400: { en: 'Bad request', pt: 'Requisição inválida' },
  401: { en: 'Not signed in', pt: 'Não autenticado' },
  403: { en: 'Not allowed', pt: 'Não permitido' },
  404: { en: 'Not found', pt: 'Não encontrado' },
  409: { en: 'Conflict', pt: 'Conflito' },
  413: { en: 'Too large', pt: 'Grande demais' },
  415: { en: 'Unsupported media type', pt: 'Tipo de conteúdo não aceito' },
  422: { en: 'Invalid input', pt: 'Dados inválidos' },
  429: { en: 'Too many requests', pt: 'Requisições demais' },
  500: { en: 'Internal error', pt: 'Erro interno' },
  503: { en: 'Not available', pt: 'Indisponível' },
}

export type ProblemOptions = {
  locale: Locale
  requestId: string
  errors?: readonly FieldError[]
  /** Members that problems of this code alone have. */
  more?: object
  headers?: Record<string, string>
}

export function problem(code: ProblemCode, options: ProblemOptions): Response {
  const [status, en, pt] = PROBLEMS[code]
  return problemResponse(status, code, { en, pt }, options)
}

export function problemOf(refusal: Refusal, options: ProblemOptions): Response {
  const errors = refusal.errors.map(({ message, ...error }) => ({ ...error, message: textIn(message, options.locale) }))
  return problemResponse(STATUS_OF[refusal.because], refusal.code, refusal.message, { ...options, errors })
}

function problemResponse(status: number, code: string, detail: Text, options: ProblemOptions): Response {
  const { locale, requestId, errors, more, headers } = options
  const body: Problem = {
    type: `urn:academy:problem:${code}`,
    title: textIn(TITLES[status] ?? { en: 'Error', pt: 'Erro' }, locale),
    status,
    detail: textIn(detail, locale),
    code,
    requestId,
    ...(errors && errors.length > 0 ? { errors: [...errors] } : {}),
    ...more,
  }
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      'content-language': locale,
      'cache-control': 'no-store',
      // What is still on its way would be taken for the next request: its sender is to use another connection.
      ...(status === 413 ? { connection: 'close' } : {}),
      ...headers,
    },
  })
}

/** What the schema found, one entry a field, in words. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[], locale: Locale): FieldError[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => fieldError([...issue.path, key], 'unknown-field', UNKNOWN_FIELD, locale))
    }
    const [code, message] = meaning(issue)
    return [fieldError(issue.path, OWN_CODE.test(issue.message) ? issue.message : code, message, locale)]
  })
}

/** A schema that has a code of its own gives it where zod takes a message: `z.enum(SHIFTS, 'invalid-shift')`. */
const OWN_CODE = /^[a-z]+(-[a-z]+)+$/

const fieldError = (path: readonly PropertyKey[], code: string, message: Text, locale: Locale): FieldError => ({
  field: path.length > 0 ? path.map(String).join('.') : 'body',
  code,
  message: textIn(message, locale),
})

/** Of what a body holds that the database cannot keep. */
export const unstorableErrors = (body: unknown, locale: Locale): FieldError[] =>
  unstorablePaths(body).map((path) => fieldError(path, 'invalid-format', UNSTORABLE, locale))

const UNSTORABLE: Text = {
  en: 'This text holds characters that cannot be kept.',
  pt: 'Este texto tem caracteres que não podem ser guardados.',
}
/** By the code that the field gives. */
const RULES: Record<string, Text> = {
  'nothing-visible': { en: 'Write something that can be seen.', pt: 'Escreva algo que se possa ver.' },
  'not-one-line': {
    en: 'Write it in one line, without hidden control characters.',
    pt: 'Escreva em uma só linha, sem caracteres de controle ocultos.',
  },
}
const UNKNOWN_FIELD: Text = { en: 'This field does not exist.', pt: 'Este campo não existe.' }
const REQUIRED: Text = { en: 'Fill in this field.', pt: 'Preencha este campo.' }

function meaning(issue: z.core.$ZodIssue): [code: string, message: Text] {
  switch (issue.code) {
    case 'invalid_type':
      // zod gives `input` only when asked to, so an absent value is told by its message.
      return issue.message.endsWith('received undefined')
        ? ['required', REQUIRED]
        : ['wrong-type', TYPES[issue.expected] ?? { en: 'This value is not valid.', pt: 'Este valor não é válido.' }]
    case 'too_small':
      if (issue.origin === 'array') {
        return ['too-small', { en: `Choose at least ${issue.minimum}.`, pt: `Escolha no mínimo ${issue.minimum}.` }]
      }
      if (issue.origin !== 'string') {
        return [
          'too-small',
          {
            en: `At least ${said(issue, issue.minimum, 'en')}.`,
            pt: `No mínimo ${said(issue, issue.minimum, 'pt-BR')}.`,
          },
        ]
      }
      return issue.minimum === 1
        ? ['required', REQUIRED]
        : ['too-short', { en: `At least ${issue.minimum} characters.`, pt: `No mínimo ${issue.minimum} caracteres.` }]
    case 'too_big':
      return issue.origin === 'string'
        ? ['too-long', { en: `At most ${issue.maximum} characters.`, pt: `No máximo ${issue.maximum} caracteres.` }]
        : [
            'too-large',
            {
              en: `At most ${said(issue, issue.maximum, 'en')}.`,
              pt: `No máximo ${said(issue, issue.maximum, 'pt-BR')}.`,
            },
          ]
    case 'invalid_value': {
      const values = issue.values.map(String).join(', ')
      return ['not-an-option', { en: `Choose one of: ${values}.`, pt: `Escolha uma opção: ${values}.` }]
    }
    case 'invalid_format':
      return [
        'invalid-format',
        FORMATS[issue.format] ?? { en: 'This format is not valid.', pt: 'Este formato não é válido.' },
      ]
    case 'custom':
      return ['invalid', RULES[issue.message] ?? { en: 'This value is not valid.', pt: 'Este valor não é válido.' }]
    default:
      return ['invalid', { en: 'This value is not valid.', pt: 'Este valor não é válido.' }]
  }
}

/** A limit as it is written. Who fills in reais has never seen the centavos that are sent. */
const said = ({ path }: z.core.$ZodIssue, limit: number | bigint, locale: Locale) =>
  String(path.at(-1)).endsWith('Cents')
    ? `R$ ${new Intl.NumberFormat(locale, { minimumFractionDigits: 2 }).format(Number(limit) / 100)}`
    : String(limit)

/** What should have been there, in the words of people who fill in forms. */
const TYPES: Record<string, Text> = {
  number: { en: 'Write a number.', pt: 'Escreva um número.' },
  int: { en: 'Write a number without decimals.', pt: 'Escreva um número sem casas decimais.' },
  string: { en: 'Write a text.', pt: 'Escreva um texto.' },
  array: { en: 'Give a list.', pt: 'Informe uma lista.' },
  boolean: { en: 'Say yes or no: true or false.', pt: 'Informe sim ou não: true ou false.' },
}

const FORMATS: Record<string, Text> = {
  email: { en: 'This is not an e-mail address.', pt: 'Este não é um endereço de e-mail.' },
  date: { en: 'This is not a date (YYYY-MM-DD).', pt: 'Esta não é uma data (AAAA-MM-DD).' },
  uuid: { en: 'This is not an identifier (UUID).', pt: 'Este não é um identificador (UUID).' },
}

/** For the OpenAPI document. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    requestId: z.string(),
    errors: z
      .array(z.object({ field: z.string(), code: z.string(), message: z.string(), id: z.string().optional() }))
      .optional(),
  })
  .meta({ id: 'Problem' })
