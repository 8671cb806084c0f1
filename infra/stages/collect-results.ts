import { indexes } from '../../shared/store/keys.ts';
import { grantPutArchive, grantReadSecret, grantSend, grantTable } from '../grants.ts';
import { type Parts, providerVariables } from '../parts.ts';
import { stageTimeouts } from '../stage-queues.ts';
import { Worker } from '../worker.ts';

/** Batches that have changed -> results in the table, the provider's own lines in the archive. */
export function addCollectResults(parts: Parts, webhookUrl: string): void {
  const { scope, config, queues, table, archive } = parts;
  const { function: collectResults } = new Worker(scope, 'CollectResults', queues.changedBatches, {
    config,
    folder: 'collect-results',
    timeout: stageTimeouts.collectResults,
    memoryMegabytes: 1024,
    batchSize: 5,
    maxConcurrency: 5,
    environment: {
      ...providerVariables(parts),
      TABLE_NAME: table.tableName,
      ARCHIVE_BUCKET_NAME: archive.bucketName,
      CHANGED_BATCHES_QUEUE_URL: queues.changedBatches.queueUrl,
      QUEUED_ANALYSES_QUEUE_URL: queues.queuedAnalyses.queueUrl,
      WEBHOOK_URL: webhookUrl,
    },
  });
  const queried = [indexes.batch, indexes.providerBatch];
  const operations = ['BatchGetItem', 'BatchWriteItem', 'GetItem', 'Query', 'UpdateItem'] as const;
  grantTable(parts, collectResults, operations, queried);
  grantPutArchive(parts, collectResults);
  grantReadSecret(parts, 'apiKey', collectResults);
  grantSend(collectResults, queues.changedBatches, queues.queuedAnalyses);
}
