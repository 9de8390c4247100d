/**
 * A step of some classes, all of them or none. What the server refuses is said beside each class; finalizing, after which
 * there is no way back, is asked once more.
 */
import { Alert, Button, Checkbox, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconAlertCircle, IconAlertTriangle, IconSearch } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isFound, searchWords } from '../../../platform/search.ts'
import { useProblemText, useSend } from '../../../platform/ui/api.tsx'
import { usePreferredLanguage } from '../../../platform/ui/preferences.tsx'
import { useFormat, usePerson } from '../../../platform/ui/session.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { ToneWord } from '../../../platform/ui/tone.tsx'
import { contract as readInsights } from '../../insights/read-insights/read-insights.contract.ts'
import type { Schedule } from '../class.fields.ts'
import { contract as listClasses } from '../list-classes/list-classes.contract.ts'
import { contract as readClass } from '../read-class/read-class.contract.ts'
import { schedulesText } from '../schedules.view.ts'
import classes from './change-class-status.page.module.css'
import { STEP_ENDPOINTS, STEP_ICONS, type Step } from './steps.page.tsx'

export interface Candidate {
  id: string
  discipline: string
  teacher: string
  schedules: readonly Schedule[]
  students: number
  lessons: number
  finalizedLessons: number
}

/** What fits on a screen is read, not searched. */
const UNSEARCHED_MAX = 8

const lessonsDone = ({ lessons, finalizedLessons }: Candidate) => finalizedLessons === lessons

export function ChangeClassStatus({
  step,
  classes: candidates,
  total = candidates.length,
  onClose,
}: {
  step: Step
  classes: readonly Candidate[]
  /** How many there are, when not all are given. */
  total?: number
  onClose: () => void
}) {
  const { t } = useTranslation()
  const text = useProblemText()
  const { number } = useFormat()
  const { language } = usePreferredLanguage()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () =>
      new Set(
        candidates
          // A class alone was meant, whatever stands in its way: that is then said.
          .filter((each) => step !== 'finalize' || candidates.length === 1 || lessonsDone(each))
          .map(({ id }) => id),
      ),
  )
  const [search, setSearch] = useState('')
  const [asking, setAsking] = useState(false)
  const [missingNotes, setMissingNotes] = useState<'refuse' | 'zero'>('refuse')
  const send = useSend(STEP_ENDPOINTS[step], {
    refresh: [listClasses, readClass, readInsights],
    onSuccess: (done) => {
      toast('good', t(`lifeCycle.done.${step}`, { count: done.classes }), t(`lifeCycle.doneHint.${step}`))
      onClose()
    },
  })
  const reasons = new Map(send.error?.errors.flatMap(({ id, message }) => (id ? [[id, message] as const] : [])))
  const picked = candidates.filter(({ id }) => chosen.has(id))
  const words = searchWords(search)
  const found = candidates.filter(({ discipline, teacher }) => isFound(`${discipline} ${teacher}`, words))
  const change = (ids: readonly string[], isChosen: boolean) =>
    setChosen((before) => {
      const after = new Set(before)
      for (const id of ids) isChosen ? after.add(id) : after.delete(id)
      return after
    })
  const foundChosen = found.filter(({ id }) => chosen.has(id)).length
  const submit = () => {
    setAsking(false)
    send.mutate({ classes: picked.map(({ id }) => id), missingNotes })
  }
  const StepIcon = STEP_ICONS[step]

  if (candidates.length === 0) return <Text c="dimmed">{t(`lifeCycle.none.${step}`)}</Text>
  if (asking) {
    return (
      <ConfirmFinalization picked={picked}>
        <Checkbox
          label={t('lifeCycle.confirm.zero')}
          checked={missingNotes === 'zero'}
          onChange={(event) => setMissingNotes(event.currentTarget.checked ? 'zero' : 'refuse')}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={() => setAsking(false)}>
            {t('lifeCycle.confirm.back')}
          </Button>
          <Button leftSection={<StepIcon size={16} aria-hidden />} onClick={submit}>
            {t('lifeCycle.confirm.submit')}
          </Button>
        </Group>
      </ConfirmFinalization>
    )
  }
  return (
    <Stack>
      <Text>{t(`lifeCycle.lead.${step}`)}</Text>
      {send.error && (
        <Alert
          role="alert"
          color="red"
          variant="light"
          bg="var(--tone-bad-soft)"
          icon={<IconAlertCircle aria-hidden />}
          title={reasons.size > 0 ? t(`lifeCycle.refused.${step}`, { count: reasons.size }) : text(send.error)}
        >
          {reasons.size > 0 && candidates.length > 1 && (
            <Group justify="space-between" gap="xs">
              <Text size="sm">{t('lifeCycle.refusedHint')}</Text>
              <Button
                size="compact-sm"
                variant="default"
                onClick={() => {
                  change([...reasons.keys()], false)
                  send.reset()
                }}
              >
                {t('lifeCycle.leaveOut')}
              </Button>
            </Group>
          )}
        </Alert>
      )}
      {candidates.length > UNSEARCHED_MAX && (
        <TextInput
          type="search"
          label={t('list.search')}
          placeholder={t('lifeCycle.searchHint')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      {candidates.length > 1 && (
        <Checkbox
          label={t('lifeCycle.all', { count: found.length })}
          checked={found.length > 0 && foundChosen === found.length}
          indeterminate={foundChosen > 0 && foundChosen < found.length}
          onChange={(event) =>
            change(
              found.map(({ id }) => id),
              event.currentTarget.checked,
            )
          }
          px="sm"
        />
      )}
      <ul className={classes.list}>
        {found.map((each) => {
          const reason = reasons.get(each.id)
          const facts = [
            each.teacher,
            schedulesText(each.schedules, language),
            t('lifeCycle.students', { count: each.students }),
            ...(step === 'finalize'
              ? [
                  each.lessons === 0
                    ? t('class.noLessons')
                    : t('lifeCycle.lessonsGiven', {
                        done: number(each.finalizedLessons),
                        total: number(each.lessons),
                      }),
                ]
              : []),
          ]
          return (
            <li key={each.id} className={classes.item} data-refused={reason !== undefined || undefined}>
              <Checkbox
                label={each.discipline}
                description={facts.filter(Boolean).join(' · ')}
                checked={chosen.has(each.id)}
                onChange={(event) => change([each.id], event.currentTarget.checked)}
                {...(reason === undefined ? {} : { 'aria-describedby': `refused-${each.id}` })}
              />
              {reason !== undefined && (
                <div className={classes.reason} id={`refused-${each.id}`}>
                  <ToneWord tone="bad" icon={IconAlertTriangle}>
                    {reason}
                  </ToneWord>
                </div>
              )}
            </li>
          )
        })}
      </ul>
      {total > candidates.length && (
        <Text size="sm" c="dimmed">
          {t('lifeCycle.first', { shown: number(candidates.length), total: number(total) })}
        </Text>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('form.cancel')}
        </Button>
        <Button
          leftSection={<StepIcon size={16} aria-hidden />}
          disabled={picked.length === 0}
          loading={send.isPending}
          onClick={() => (step === 'finalize' ? setAsking(true) : submit())}
        >
          {t(`lifeCycle.submit.${step}`, { count: picked.length })}
        </Button>
      </Group>
    </Stack>
  )
}

/** Says what will happen, to whoever looks and to whoever listens. */
function ConfirmFinalization({ picked, children }: { picked: readonly Candidate[]; children: ReactNode }) {
  const { t } = useTranslation()
  const { number, limitText } = useFormat()
  const { institution } = usePerson()
  const what = useRef<HTMLElement>(null)
  useEffect(() => what.current?.focus(), [])
  return (
    <Stack>
      <section ref={what} tabIndex={-1} aria-labelledby="finalize-what" className={classes.confirm}>
        <Title order={3} id="finalize-what">
          {t('lifeCycle.confirm.title', { count: picked.length })}
        </Title>
        <Text>{picked.map(({ discipline }) => discipline).join(', ')}</Text>
        <ul>
          <li>{t('lifeCycle.confirm.noWayBack')}</li>
          <li>
            {t('lifeCycle.confirm.rule', {
              note: number(institution.noteLimit, 2),
              frequency: limitText(institution.frequencyLimit),
            })}
          </li>
          <li>{t('lifeCycle.confirm.told', { count: picked.reduce((sum, { students }) => sum + students, 0) })}</li>
        </ul>
      </section>
      {children}
    </Stack>
  )
}
