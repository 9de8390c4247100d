/** One curriculum: its disciplines by period, and what they come to. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Figures } from '../../../platform/ui/figures.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import { byPeriod, HoursByPeriod, sumsOf } from './curriculum-sums.page.tsx'
import { type Curriculum, ShownCurriculum } from './shown-curriculum.page.tsx'

export default function CurriculumPage() {
  const { t } = useTranslation()
  return (
    <ShownCurriculum>
      {(curriculum) => (
        <>
          <PageHeader
            title={curriculum.name}
            crumbs={[{ label: t('curricula.title'), to: '/app/curricula' }]}
            actions={
              <Button
                component={Link}
                to="/app/curricula/$curriculumId/edit"
                params={{ curriculumId: curriculum.id } as never}
                variant="default"
                leftSection={<IconPencil size={16} aria-hidden />}
              >
                {t('list.change')}
              </Button>
            }
          >
            {curriculum.course.name}
          </PageHeader>
          <Content curriculum={curriculum} />
        </>
      )}
    </ShownCurriculum>
  )
}

function Content({
  curriculum: { content, periods, disciplines, credits, workloadHours },
}: {
  curriculum: Curriculum
}) {
  const { t } = useTranslation()
  const { number, compare } = useFormat()
  return (
    <>
      <Figures
        figures={[
          { name: t('curricula.periods'), value: number(periods) },
          { name: t('curricula.disciplines'), value: number(disciplines) },
          { name: t('curricula.credits'), value: number(credits) },
          { name: t('curricula.workload'), value: t('curricula.hours', { hours: number(workloadHours) }) },
        ]}
      />
      <Stack gap="lg">
        <HoursByPeriod disciplines={content} />
        <DataTable
          label={t('curricula.disciplines')}
          groups={byPeriod(content).map(([period, of]) => ({
            key: String(period),
            head: <PeriodHead period={period} sums={sumsOf(of)} />,
            rows: of.toSorted((a, b) => compare(a.name, b.name)),
          }))}
          keyOf={({ id }) => id}
          columns={[
            { head: t('curricula.discipline'), rowHeader: true, cell: ({ name }) => name },
            { head: t('disciplines.code'), cell: ({ code }) => code },
            { head: t('curricula.credits'), numeric: true, cell: (discipline) => number(discipline.credits) },
            {
              head: t('curricula.workload'),
              numeric: true,
              cell: (discipline) => t('curricula.hours', { hours: number(discipline.workloadHours) }),
            },
          ]}
        />
      </Stack>
    </>
  )
}

function PeriodHead({ period, sums }: { period: number; sums: ReturnType<typeof sumsOf> }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  return (
    <Group justify="space-between" gap="xs">
      <Text fw={650} inherit>
        {t('curricula.period', { number: period })}
      </Text>
      <Text size="sm" c="dimmed">
        {[
          t('courses.disciplinesOf', { count: sums.disciplines }),
          t('curricula.creditsOf', { count: sums.credits }),
          t('curricula.hours', { hours: number(sums.workloadHours) }),
        ].join(' · ')}
      </Text>
    </Group>
  )
}
