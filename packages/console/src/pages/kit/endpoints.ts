/**
 * The endpoints that pages ask, by address alone: the contract's own values carry their schemas, and with them a validator
 * of 26 kB that no page needs. Types come from the contract, and a test holds the addresses to it.
 */
import type * as contract from '../../contract/index.ts'
import type { Endpoint, RequestOf, ResponseOf } from '../../contract/index.ts'

export interface Address<E extends Endpoint> {
  /** Method and path, parameters as `:name`. */
  readonly path: string
  /** Only a type. */
  readonly endpoint?: E
}

/** What an endpoint is asked with; a filter that is `undefined` is not sent. */
export type Request<E extends Endpoint> = { [K in keyof RequestOf<E>]: RequestOf<E>[K] | undefined }

export type AnswerOf<A> = A extends Address<infer E> ? ResponseOf<E> : never

const at = <E extends Endpoint>(path: string): Address<E> => ({ path })

export const eventSeries = at<typeof contract.eventSeries>('GET /events/series')
export const getBatch = at<typeof contract.getBatch>('GET /batches/:batchId')
export const getCommand = at<typeof contract.getCommand>('GET /commands/:commandId')
export const getEvent = at<typeof contract.getEvent>('GET /events/:eventId')
export const getMe = at<typeof contract.getMe>('GET /me')
export const getOverview = at<typeof contract.getOverview>('GET /overview')
export const getWorkflow = at<typeof contract.getWorkflow>('GET /workflows/:id')
export const listBatches = at<typeof contract.listBatches>('GET /batches')
export const listCommands = at<typeof contract.listCommands>('GET /commands')
export const listEvents = at<typeof contract.listEvents>('GET /events')
export const listPartitions = at<typeof contract.listPartitions>('GET /partitions')
export const listTenants = at<typeof contract.listTenants>('GET /tenants')
export const listTypes = at<typeof contract.listTypes>('GET /types')
export const reprocessCommand = at<typeof contract.reprocessCommand>('POST /commands/:commandId/reprocess')
export const resolveId = at<typeof contract.resolveId>('GET /go/:id')
export const streamChanges = at<typeof contract.streamChanges>('GET /stream')
export const summarizeBatches = at<typeof contract.summarizeBatches>('GET /batches/summary')
export const summarizeCommands = at<typeof contract.summarizeCommands>('GET /commands/summary')
export const summarizeEvents = at<typeof contract.summarizeEvents>('GET /events/summary')
