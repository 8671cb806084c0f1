import { Duration } from 'aws-cdk-lib';
import { grantReadSecret, grantSend, grantTable } from '../grants.ts';
import { type Parts, providerVariables } from '../parts.ts';
import { stageTimeouts } from '../stage-queues.ts';
import { Worker } from '../worker.ts';

/** Assets that are ready and within the limits -> analyses that wait for a batch. */
export function addAdmitAsset(parts: Parts): void {
  const { scope, config, queues, table } = parts;
  const { function: admitAsset } = new Worker(scope, 'AdmitAsset', queues.registeredAssets, {
    config,
    folder: 'admit-asset',
    timeout: stageTimeouts.admitAsset,
    memoryMegabytes: 256,
    batchSize: 50,
    batchingWindow: Duration.seconds(1),
    maxConcurrency: 2,
    environment: {
      ...providerVariables(parts),
      TABLE_NAME: table.tableName,
      SCHEDULED_UPLOADS_QUEUE_URL: queues.scheduledUploads.queueUrl,
      REGISTERED_ASSETS_QUEUE_URL: queues.registeredAssets.queueUrl,
      QUEUED_ANALYSES_QUEUE_URL: queues.queuedAnalyses.queueUrl,
      VIDEO_LIMITS: JSON.stringify(config.videoLimits),
    },
  });
  const operations = ['BatchGetItem', 'BatchWriteItem', 'PutItem', 'Query', 'UpdateItem'] as const;
  grantTable(parts, admitAsset, operations);
  grantReadSecret(parts, 'apiKey', admitAsset);
  const { scheduledUploads, registeredAssets, queuedAnalyses } = queues;
  grantSend(admitAsset, scheduledUploads, registeredAssets, queuedAnalyses);
}
