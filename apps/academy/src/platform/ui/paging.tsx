/** Lists that the server gives part by part: how they are asked for, and what stands below what is shown. */
import { useFailure } from '@cascata/console/page-kit'
import { Button, Group, Stack } from '@mantine/core'
import {
  type InfiniteData,
  keepPreviousData,
  type UseInfiniteQueryResult,
  useInfiniteQuery,
} from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiProblem } from '../http/client.ts'
import type { Endpoint, RequestOf, ResponseOf } from '../http/endpoint.ts'
import { keyOf, refetchWhileAway, useCall } from './api.tsx'
import { Failed, Loading } from './states.tsx'

type Parts<E extends Endpoint> = UseInfiniteQueryResult<InfiniteData<ResponseOf<E>>, ApiProblem>

/**
 * @param cursor the field of the request that takes the `next` of the part before.
 * @param options.refetchEveryMs for a list that changes while it is looked at.
 */
export function useParts<E extends Endpoint>(
  endpoint: E,
  request: Omit<RequestOf<E>, 'after' | 'before'>,
  cursor: 'after' | 'before' = 'after',
  { refetchEveryMs }: { refetchEveryMs?: number } = {},
): Parts<E> {
  const call = useCall()
  return useInfiniteQuery<
    ResponseOf<E>,
    ApiProblem,
    InfiniteData<ResponseOf<E>>,
    readonly unknown[],
    string | undefined
  >({
    queryKey: [...keyOf(endpoint), 'parts', request],
    queryFn: ({ pageParam, signal }) =>
      call(endpoint, { ...request, ...(pageParam ? { [cursor]: pageParam } : {}) } as RequestOf<E>, { signal }),
    initialPageParam: undefined,
    getNextPageParam: (part) => (part as { next?: string | null }).next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: refetchWhileAway(refetchEveryMs),
  })
}

/** While another search is under way the list before it stays, paler. */
export function ShowParts<E extends Endpoint>({
  parts,
  children,
}: {
  parts: Parts<E>
  children: (parts: [ResponseOf<E>, ...ResponseOf<E>[]]) => ReactNode
}) {
  const { t } = useTranslation()
  const { problem, retry } = useFailure(parts)
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage, isPlaceholderData } = parts
  const [first, ...rest] = data?.pages ?? []
  if (first === undefined) return problem ? <Failed problem={problem} retry={retry} /> : <Loading />
  return (
    <Stack style={{ opacity: isPlaceholderData ? 0.6 : 1 }} aria-busy={isPlaceholderData}>
      {children([first, ...rest])}
      {hasNextPage && (
        <Group justify="center">
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t('state.more')}
          </Button>
        </Group>
      )}
    </Stack>
  )
}
