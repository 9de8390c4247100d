import { module } from 'cascata'
import * as publishEvent from './publish-event/publish-event.ts'

export const eventPublishing = module('event-publishing', [publishEvent])
