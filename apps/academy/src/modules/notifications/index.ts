import { module } from 'cascata'
import * as linkOldNotifications from './link-old-notifications/link-old-notifications.ts'
import * as listNotifications from './list-notifications/list-notifications.ts'
import * as readNotifications from './read-notifications/read-notifications.ts'
import * as sendNotification from './send-notification/send-notification.ts'

export const notifications = module('notifications', [
  sendNotification,
  linkOldNotifications,
  listNotifications,
  readNotifications,
])
