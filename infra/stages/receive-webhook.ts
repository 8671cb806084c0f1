import { Duration } from 'aws-cdk-lib';
import { grantReadSecret, grantSend } from '../grants.ts';
import type { Parts } from '../parts.ts';
import { PipelineFunction } from '../pipeline-function.ts';
import { WebhookApi } from '../webhook-api.ts';

/** Signed events -> hints that a batch has changed. */
export function addReceiveWebhook(parts: Parts): WebhookApi {
  const { scope, config, queues, webhookSecrets } = parts;
  const receiveWebhook = new PipelineFunction(scope, 'ReceiveWebhook', {
    config,
    folder: 'receive-webhook',
    timeout: Duration.seconds(10),
    memoryMegabytes: 256,
    environment: {
      CHANGED_BATCHES_QUEUE_URL: queues.changedBatches.queueUrl,
      WEBHOOK_SECRETS_SECRET_ARN: webhookSecrets.secretArn,
    },
  });
  grantReadSecret(parts, 'webhookSecrets', receiveWebhook);
  grantSend(receiveWebhook, queues.changedBatches);
  return new WebhookApi(scope, 'WebhookApi', config, receiveWebhook);
}
