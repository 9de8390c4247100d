import { module } from 'cascata'
import * as createClassActivity from './create-class-activity/create-class-activity.ts'
import * as followDelivery from './follow-delivery/follow-delivery.ts'
import * as listActivities from './list-activities/list-activities.ts'
import * as readActivity from './read-activity/read-activity.ts'

export const activities = module('activities', [createClassActivity, readActivity, listActivities, followDelivery])
