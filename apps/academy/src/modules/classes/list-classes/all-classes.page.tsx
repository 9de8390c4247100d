/** All classes of the institution, for its staff: found by discipline, teacher, period and status, and moved on together. */
import { Anchor, Button, Group, Modal, NativeSelect, Text, VisuallyHidden } from '@mantine/core'
import { IconChalkboard, IconPlus } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../../platform/ui/api.tsx'
import { FilterBar, NothingListed, SearchInput, useFilters } from '../../../platform/ui/filters.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { ShowParts, useParts } from '../../../platform/ui/paging.tsx'
import { usePreferredLanguage } from '../../../platform/ui/preferences.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import { list as listPeriods } from '../../periods/manage-academic-periods/manage-academic-periods.contract.ts'
import { ChangeListedClasses } from '../change-class-status/change-listed-classes.page.tsx'
import { STEP_ICONS, STEPS, type Step, startingFrom } from '../change-class-status/steps.page.tsx'
import { SHOWN_CLASS_STATUSES } from '../class.fields.ts'
import { CreateClass } from '../create-class/create-class.page.tsx'
import { schedulesText } from '../schedules.view.ts'
import { ClassStatusBadge } from './class-status.page.tsx'
import { contract } from './list-classes.contract.ts'

const AT_ONCE = 50

export default function AllClasses() {
  const { t } = useTranslation()
  const { number, frequencyText } = useFormat()
  const { language } = usePreferredLanguage()
  const [{ search = '', period = '', status: asked }, change] = useFilters('search', 'period', 'status')
  const status = SHOWN_CLASS_STATUSES.find((known) => known === asked)
  const periods = useApi(listPeriods, {})
  const [creating, setCreating] = useState(false)
  const [step, setStep] = useState<Step>()
  const narrowed = { ...(search ? { search } : {}), ...(period ? { periodId: period } : {}) }
  const parts = useParts(contract, { ...narrowed, ...(status ? { status } : {}), limit: AT_ONCE })
  const byStatus = parts.data?.pages[0]?.byStatus
  const countOf = (each: (typeof SHOWN_CLASS_STATUSES)[number]) => byStatus?.[each] ?? 0
  const create = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      {t('manageClasses.new')}
    </Button>
  )
  const isNarrowed = search !== '' || period !== '' || status !== undefined
  return (
    <>
      <PageHeader title={t('manageClasses.title')} actions={create} />
      <FilterBar>
        <SearchInput
          label={t('list.search')}
          description={t('manageClasses.searchHint')}
          value={search}
          onSearch={(text) => change({ search: text })}
        />
        <NativeSelect
          label={t('manageClasses.period')}
          value={period}
          onChange={(event) => change({ period: event.currentTarget.value })}
          data={[
            { value: '', label: t('manageClasses.allPeriods') },
            ...(periods.data?.academicPeriods ?? []).map(({ id }) => ({ value: id, label: id })),
          ]}
        />
        <NativeSelect
          label={t('manageClasses.status')}
          value={status ?? ''}
          onChange={(event) => change({ status: event.currentTarget.value })}
          data={[
            {
              value: '',
              label: t('manageClasses.allStatuses', {
                count: SHOWN_CLASS_STATUSES.reduce((sum, each) => sum + countOf(each), 0),
              }),
            },
            ...SHOWN_CLASS_STATUSES.map((each) => ({
              value: each,
              label: t('manageClasses.statusCount', { status: t(`class.status.${each}`), count: countOf(each) }),
            })),
          ]}
        />
      </FilterBar>
      <ShowParts parts={parts}>
        {(shown) => {
          const classes = shown.flatMap((part) => part.classes)
          return (
            <>
              <Group justify="space-between" gap="sm">
                <Text size="sm" c="dimmed" role="status">
                  {t('manageClasses.found', { count: shown[0].total })}
                </Text>
                <Group gap="xs" role="group" aria-label={t('manageClasses.steps')}>
                  {STEPS.map((each) => {
                    const StepIcon = STEP_ICONS[each]
                    const finalizable = shown[0].finalizable
                    const waiting = each === 'finalize' ? finalizable : countOf(startingFrom(each))
                    return (
                      <Button
                        key={each}
                        size="sm"
                        variant="default"
                        leftSection={<StepIcon size={16} aria-hidden />}
                        disabled={waiting === 0}
                        onClick={() => setStep(each)}
                      >
                        {t('lifeCycle.waiting', { action: t(`lifeCycle.button.${each}`), count: waiting })}
                      </Button>
                    )
                  })}
                </Group>
              </Group>
              {classes.length === 0 ? (
                <NothingListed
                  isFiltered={isNarrowed}
                  none={{
                    icon: IconChalkboard,
                    title: t('manageClasses.none'),
                    hint: t('manageClasses.noneHint'),
                    action: create,
                  }}
                  onClear={() => change({ search: '', period: '', status: '' })}
                />
              ) : (
                <DataTable
                  label={t('manageClasses.title')}
                  rows={classes}
                  keyOf={({ id }) => id}
                  columns={[
                    {
                      head: t('manageClasses.discipline'),
                      rowHeader: true,
                      cell: ({ id, discipline, code, period: of, schedules }) => (
                        <>
                          <Anchor
                            component={Link}
                            to="/app/classes/$classId"
                            params={{ classId: id } as never}
                            fw={600}
                            inherit
                          >
                            {discipline}
                          </Anchor>
                          <Text size="sm" c="dimmed">
                            {[code, of, schedulesText(schedules, language)].filter(Boolean).join(' · ')}
                          </Text>
                        </>
                      ),
                    },
                    { head: t('manageClasses.teacher'), keepsLines: true, cell: ({ teacher }) => teacher.name },
                    { head: t('manageClasses.status'), cell: (each) => <ClassStatusBadge status={each.status} /> },
                    {
                      head: t('manageClasses.seats'),
                      numeric: true,
                      cell: ({ students, vacancies }) =>
                        t('manageClasses.seatsOf', { students: number(students), vacancies: number(vacancies) }),
                    },
                    {
                      head: t('manageClasses.lessons'),
                      numeric: true,
                      cell: ({ finalizedLessons, lessons }) =>
                        lessons === 0 ? (
                          <None>{t('class.noLessons')}</None>
                        ) : (
                          t('manageClasses.of', { done: number(finalizedLessons), total: number(lessons) })
                        ),
                    },
                    {
                      head: t('manageClasses.frequency'),
                      numeric: true,
                      cell: ({ finalizedLessons, students, frequency }) =>
                        finalizedLessons === 0 || students === 0 ? (
                          <None>{t('manageClasses.noFrequency')}</None>
                        ) : (
                          frequencyText(frequency)
                        ),
                    },
                  ]}
                />
              )}
            </>
          )
        }}
      </ShowParts>
      <Modal
        opened={creating}
        onClose={() => setCreating(false)}
        title={t('manageClasses.new')}
        closeButtonProps={{ 'aria-label': t('form.close') }}
        size="lg"
      >
        <CreateClass onClose={() => setCreating(false)} />
      </Modal>
      <ChangeListedClasses step={step} narrowed={narrowed} onClose={() => setStep(undefined)} />
    </>
  )
}

/** A dash to the eye, in words to a screen reader. */
function None({ children }: { children: string }) {
  return (
    <Text component="span" c="dimmed" inherit>
      <span aria-hidden="true">–</span>
      <VisuallyHidden>{children}</VisuallyHidden>
    </Text>
  )
}
