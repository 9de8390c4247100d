/** By what results are decided, for the staff to change. */
import { Button, Group, NumberInput, Paper, Radio, Stack } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { keyOf, SESSION_KEY, useApi, useSend } from '../../../platform/ui/api.tsx'
import { useEdited } from '../../../platform/ui/edited.ts'
import { chosen, ProblemSummary, useProblems } from '../../../platform/ui/form.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { usePreferredLanguage } from '../../../platform/ui/preferences.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Show } from '../../../platform/ui/states.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { ROUNDINGS } from '../../classes/class.fields.ts'
import { change, read } from './configure-institution.contract.ts'

type Rules = ResponseOf<typeof read>
type Typed = Pick<Rules, 'resultOrder' | 'rounding'> & Record<'noteLimit' | 'frequencyLimit', number | string>

const ORDERS = ['frequency-first', 'note-first'] as const satisfies readonly Rules['resultOrder'][]

export default function ResultRules() {
  const { t } = useTranslation()
  const query = useApi(read, {})
  return (
    <>
      <PageHeader title={t('resultRules.title')} crumbs={[{ label: t('institution.title'), to: '/app/institution' }]}>
        {t('resultRules.lead')}
      </PageHeader>
      <Show query={query}>{(rules) => <RulesForm rules={rules} />}</Show>
    </>
  )
}

function RulesForm({ rules }: { rules: Rules }) {
  const { t } = useTranslation()
  const { language } = usePreferredLanguage()
  const queries = useQueryClient()
  const { number: figure } = useFormat()
  const decimal = (value: number) => figure(value, 2)
  const thousandths = (value: number) => figure(value, 3)
  const form = useRef<HTMLFormElement>(null)
  const send = useSend(change, {
    refresh: [read],
    onSuccess: (saved) => {
      queries.setQueryData(keyOf(read, {}), saved)
      forget()
      // Whoever is signed in is told the limits of their institution with their session.
      void queries.invalidateQueries({ queryKey: SESSION_KEY })
      toast('good', t('resultRules.saved'), t('resultRules.savedHint'))
    },
  })
  const { version: _, ...stands } = rules
  const { values, set, version, theirs, forget } = useEdited<Typed>(stands, rules.version, send.error, {
    noteLimit: (value) => decimal(Number(value)),
    frequencyLimit: (value) => `${decimal(Number(value))}%`,
    resultOrder: (value) => t(`resultRules.order.${value}`),
    rounding: (value) => t(`resultRules.roundings.${value}`),
  })
  const { noteLimit, frequencyLimit, resultOrder, rounding } = values
  const labels = {
    noteLimit: t('resultRules.noteLimit'),
    frequencyLimit: t('resultRules.frequencyLimit'),
    resultOrder: t('resultRules.resultOrder'),
    rounding: t('resultRules.rounding'),
  }
  const problems = useProblems(send.error, form, labels)
  const number = {
    required: true,
    decimalScale: 2,
    decimalSeparator: language === 'en' ? '.' : ',',
    allowNegative: false,
    clampBehavior: 'none',
    styles: { wrapper: { maxWidth: '12rem' } },
  } as const
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (send.isPending) return
    send.mutate({
      noteLimit: chosen(noteLimit as number | ''),
      frequencyLimit: chosen(frequencyLimit as number | ''),
      resultOrder,
      rounding,
      version,
    })
  }
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Paper withBorder p={{ base: 'md', sm: 'xl' }} maw="44rem" style={{ borderColor: 'var(--line)' }}>
        <Stack gap="lg">
          <ProblemSummary problems={problems} form={form} theirs={theirs} />
          <NumberInput
            {...number}
            label={labels.noteLimit}
            description={t('resultRules.noteLimitHint')}
            data-field="noteLimit"
            min={0}
            max={10}
            step={0.5}
            value={noteLimit}
            onChange={(value) => set({ noteLimit: value })}
            error={problems.of('noteLimit')}
          />
          <NumberInput
            {...number}
            label={labels.frequencyLimit}
            description={t('resultRules.frequencyLimitHint')}
            data-field="frequencyLimit"
            min={0}
            max={100}
            suffix="%"
            value={frequencyLimit}
            onChange={(value) => set({ frequencyLimit: value })}
            error={problems.of('frequencyLimit')}
          />
          <Radio.Group
            label={labels.resultOrder}
            data-field="resultOrder"
            value={resultOrder}
            onChange={(value) => set({ resultOrder: value as Rules['resultOrder'] })}
            error={problems.of('resultOrder')}
          >
            <Stack gap="sm" mt="xs">
              {ORDERS.map((order) => (
                <Radio
                  key={order}
                  value={order}
                  label={t(`resultRules.order.${order}`)}
                  description={t(`resultRules.orderHint.${order}`)}
                />
              ))}
            </Stack>
          </Radio.Group>
          <Radio.Group
            label={labels.rounding}
            description={t('resultRules.roundingHint', {
              lower: decimal(6.99),
              higher: decimal(7),
              between: thousandths(6.995),
              mean: decimal(7),
            })}
            data-field="rounding"
            value={rounding}
            onChange={(value) => set({ rounding: value as Rules['rounding'] })}
            error={problems.of('rounding')}
          >
            <Stack gap="sm" mt="xs">
              {ROUNDINGS.map((each) => (
                <Radio
                  key={each}
                  value={each}
                  label={t(`resultRules.roundings.${each}`)}
                  description={t('resultRules.roundingExample', {
                    first: decimal(9),
                    second: decimal(9.25),
                    mean: decimal(each === 'half-up' ? 9.13 : 9.12),
                  })}
                />
              ))}
            </Stack>
          </Radio.Group>
          <Group justify="flex-end">
            <Button type="submit" loading={send.isPending}>
              {t('resultRules.submit')}
            </Button>
          </Group>
        </Stack>
      </Paper>
    </form>
  )
}
