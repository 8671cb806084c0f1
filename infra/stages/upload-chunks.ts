import { grantReadSecret, grantReadUploads, grantSend, grantTable } from '../grants.ts';
import { type Parts, providerVariables } from '../parts.ts';
import { stageTimeouts } from '../stage-queues.ts';
import { Worker } from '../worker.ts';

/** Large videos -> assets at TwelveLabs, chunk by chunk. */
export function addUploadChunks(parts: Parts): void {
  const { scope, config, queues, table } = parts;
  const { function: uploadChunks } = new Worker(scope, 'UploadChunks', queues.largeUploads, {
    config,
    folder: 'upload-chunks',
    timeout: stageTimeouts.uploadChunks,
    memoryMegabytes: 512,
    batchSize: 1,
    maxConcurrency: 5,
    environment: {
      ...providerVariables(parts),
      TABLE_NAME: table.tableName,
      SCHEDULED_UPLOADS_QUEUE_URL: queues.scheduledUploads.queueUrl,
      LARGE_UPLOADS_QUEUE_URL: queues.largeUploads.queueUrl,
      REGISTERED_ASSETS_QUEUE_URL: queues.registeredAssets.queueUrl,
    },
  });
  grantTable(parts, uploadChunks, ['GetItem', 'UpdateItem']);
  grantReadUploads(parts, uploadChunks);
  grantReadSecret(parts, 'apiKey', uploadChunks);
  const { scheduledUploads, largeUploads, registeredAssets } = queues;
  grantSend(uploadChunks, scheduledUploads, largeUploads, registeredAssets);
}
