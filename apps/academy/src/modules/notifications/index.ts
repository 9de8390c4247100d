import { module } from 'cascata'
import * as listNotifications from './list-notifications/list-notifications.ts'
import * as readNotifications from './read-notifications/read-notifications.ts'

export const notifications = module('notifications', [listNotifications, readNotifications])
