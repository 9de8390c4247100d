/** Filters in words: one chip each, and the way to take it away. */
import type { Translate } from '../i18n/words.ts'
import type { Chip } from './list.tsx'

interface Wording {
  t: Translate
  status: (status: string) => string
  type: (type: string) => string
  entity: (type: string) => string
  tenant: string | undefined
  instant: (instant: string) => string
}

type Values = Readonly<Record<string, unknown>>

const RELATIVE = /^-(\d+)([smhdw])$/

export function rangeInWords(
  from: string | undefined,
  to: string | undefined,
  { t, instant }: Pick<Wording, 't' | 'instant'>,
) {
  const relative = from && !to ? RELATIVE.exec(from) : null
  if (relative) return t(`range.last.${relative[2] as 's' | 'm' | 'h' | 'd' | 'w'}`, { count: Number(relative[1]) })
  if (from && to) return t('range.between', { from: instant(from), to: instant(to) })
  if (from) return t('range.since', { from: instant(from) })
  return to ? t('range.until', { to: instant(to) }) : undefined
}

const texts = (value: unknown) => (Array.isArray(value) ? (value as string[]) : undefined)
const text = (value: unknown) => (typeof value === 'string' ? value : undefined)

export function chipsOf(values: Values, words: Wording, set: (patch: Record<string, undefined>) => void): Chip[] {
  const { t } = words
  const chips: Chip[] = []
  const add = (key: string, label: string | undefined, names: string[] = [key]) => {
    if (label === undefined) return
    chips.push({ key, label, remove: () => set(Object.fromEntries(names.map((name) => [name, undefined]))) })
  }
  const list = (key: string, name: string, word: (value: string) => string) => {
    const chosen = texts(values[key])
    add(key, chosen && `${name}: ${chosen.map(word).join(', ')}`)
  }
  list('status', t('filter.status'), words.status)
  list('type', t('filter.type'), words.type)
  list('commands', t('filter.commands'), (value) => (value === 'none' ? t('filter.noCommands') : words.status(value)))
  list('origin', t('filter.origin'), (value) => t(`origin.kind.${value as 'event'}`))
  add('tenant', text(values['tenant']) && `${t('filter.tenant')}: ${words.tenant ?? text(values['tenant'])}`)
  const entity = text(values['entityType'])
  add('entityType', entity && `${t('filter.entityType')}: ${words.entity(entity)}`)
  add('entityId', text(values['entityId']) && `${t('filter.entityId')}: ${text(values['entityId'])}`)
  for (const key of ['event', 'parent', 'original', 'batch'] as const)
    add(key, text(values[key]) && `${t(`filter.${key}`)}: ${text(values[key])}`)
  add('error', text(values['error']) && `${t('filter.error')}: “${text(values['error'])}”`)
  add('range', rangeInWords(text(values['from']), text(values['to']), words), ['from', 'to'])
  return chips
}
