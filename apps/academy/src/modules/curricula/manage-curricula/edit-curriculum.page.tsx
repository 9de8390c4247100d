/** A curriculum is changed: renamed, and its disciplines too as long as nobody follows it. */
import { useTranslation } from 'react-i18next'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { CurriculumForm } from './create-curriculum.page.tsx'
import { ShownCurriculum } from './shown-curriculum.page.tsx'

export default function EditCurriculum() {
  const { t } = useTranslation()
  return (
    <ShownCurriculum>
      {(curriculum) => (
        <>
          <PageHeader
            title={t('curricula.change')}
            crumbs={[
              { label: t('curricula.title'), to: '/app/curricula' },
              { label: curriculum.name, to: '/app/curricula/$curriculumId', params: { curriculumId: curriculum.id } },
            ]}
          />
          <CurriculumForm courses={[curriculum.course]} curriculum={curriculum} />
        </>
      )}
    </ShownCurriculum>
  )
}
