/** The curriculum that the address names, once it is here; what stands in the way, and the way back, until then. */
import { Button } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi } from '../../../platform/ui/api.tsx'
import { Show } from '../../../platform/ui/states.tsx'
import { read } from './manage-curricula.contract.ts'

export type Curriculum = ResponseOf<typeof read>

export function ShownCurriculum({ children }: { children: (curriculum: Curriculum) => ReactNode }) {
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
      {children}
    </Show>
  )
}
