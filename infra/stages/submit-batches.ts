import { Duration } from 'aws-cdk-lib';
import { indexes } from '../../shared/store/keys.ts';
import { grantReadSecret, grantSend, grantTable } from '../grants.ts';
import { type Parts, providerVariables } from '../parts.ts';
import { stageTimeouts } from '../stage-queues.ts';
import { Worker } from '../worker.ts';

/** Analyses that wait -> batches at TwelveLabs. */
export function addSubmitBatches(parts: Parts): void {
  const { scope, config, queues, table } = parts;
  const { function: submitBatches } = new Worker(scope, 'SubmitBatches', queues.queuedAnalyses, {
    config,
    folder: 'submit-batches',
    timeout: stageTimeouts.submitBatches,
    memoryMegabytes: 512,
    batchSize: 100,
    batchingWindow: Duration.seconds(1),
    maxConcurrency: 2,
    environment: {
      ...providerVariables(parts),
      TABLE_NAME: table.tableName,
      QUEUED_ANALYSES_QUEUE_URL: queues.queuedAnalyses.queueUrl,
      MAX_VIDEO_SECONDS: String(config.videoLimits.maxDurationSeconds),
      MAX_BATCH_REQUESTS: String(config.maxBatchRequests),
      MAX_BATCH_HOURS: String(config.maxBatchHours),
      MAX_ACTIVE_BATCHES: String(config.maxActiveBatches),
    },
  });
  const queried = [indexes.due, indexes.state, indexes.batch, indexes.providerBatch];
  const operations = ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem'] as const;
  grantTable(parts, submitBatches, operations, queried);
  grantReadSecret(parts, 'apiKey', submitBatches);
  grantSend(submitBatches, queues.queuedAnalyses);
}
