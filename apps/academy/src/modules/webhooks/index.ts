import { module } from 'cascata'
import * as callWebhook from './call-webhook/call-webhook.ts'
import * as configureWebhooks from './configure-webhooks/configure-webhooks.ts'
import * as readDeliveries from './read-deliveries/read-deliveries.ts'

export const webhooks = module('webhooks', [configureWebhooks, callWebhook, readDeliveries])
