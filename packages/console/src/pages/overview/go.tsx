/** `/go/<id>`: whatever the id is of, its page. */
import { Navigate, useParams } from '@tanstack/react-router'
import { useAsk } from '../kit/api.tsx'
import { resolveId } from '../kit/endpoints.ts'
import { pathOf } from '../kit/record.tsx'
import { Show } from '../kit/states.tsx'

export function Go() {
  const { id = '' } = useParams({ strict: false }) as { id?: string }
  const query = useAsk(resolveId, { id })
  return (
    <Show query={query} page>
      {({ kind, id: found }) => <Navigate {...pathOf(kind, found)} replace />}
    </Show>
  )
}
