/**
 * HTTP API `POST /webhooks/twelvelabs` -> queue `changed-batches`.
 *
 * Trigger: the HTTP API (payload format 2.0), the body as raw bytes.
 * Delivery: whatever the sender does; an event is a hint, so twice or late does no harm.
 */
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod';
import { loadEnv } from '../../shared/env.ts';
import { count, log, observed } from '../../shared/observability.ts';
import { createQueue } from '../../shared/queue.ts';
import { readWebhookSecrets } from '../../shared/secrets.ts';
import { type ReceiveWebhookDeps, receiveWebhook } from './receive-webhook.ts';

const env = loadEnv({
  CHANGED_BATCHES_QUEUE_URL: z.url(),
  WEBHOOK_SECRETS_SECRET_ARN: z.string().min(1),
});

const deps: ReceiveWebhookDeps = {
  secrets: () => readWebhookSecrets(env.WEBHOOK_SECRETS_SECRET_ARN),
  changedBatches: createQueue(env.CHANGED_BATCHES_QUEUE_URL),
  now: () => new Date(),
  log,
  count,
};

export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
  .use(observed)
  .handler(async ({ headers, body = '', isBase64Encoded }) => {
    const request = {
      signature: headers['tl-signature'],
      body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
    };
    const { statusCode, code } = await receiveWebhook(request, deps);
    return {
      statusCode,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    };
  });
