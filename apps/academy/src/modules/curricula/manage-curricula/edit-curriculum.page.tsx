/** A curriculum is changed: renamed, and its disciplines too as long as nobody follows it. */
import { Button } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../../platform/ui/api.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { Show } from '../../../platform/ui/states.tsx'
import { CurriculumForm } from './create-curriculum.page.tsx'
import { read } from './manage-curricula.contract.ts'

export default function EditCurriculum() {
  const { t } = useTranslation()
  const { curriculumId } = useParams({ strict: false }) as { curriculumId: string }
  const query = useApi(read, { curriculumId })
  return (
    <Show
      query={query}
      page
      action={
        <Button component={Link} to="/app/curricula" variant="default">
          {t('curricula.title')}
        </Button>
      }
    >
      {(curriculum) => (
        <>
          <PageHeader
            title={t('curricula.change')}
            crumbs={[
              { label: t('curricula.title'), to: '/app/curricula' },
              { label: curriculum.name, to: '/app/curricula/$curriculumId', params: { curriculumId } },
            ]}
          />
          <CurriculumForm courses={[curriculum.course]} curriculum={curriculum} />
        </>
      )}
    </Show>
  )
}
