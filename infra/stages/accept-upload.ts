import { grantReadUploads, grantSend, grantTable } from '../grants.ts';
import type { Parts } from '../parts.ts';
import { stageTimeouts } from '../stage-queues.ts';
import { Worker } from '../worker.ts';

/** Uploaded objects -> videos in line for their upload, or refused. */
export function addAcceptUpload(parts: Parts): void {
  const { scope, config, queues, table } = parts;
  const { function: acceptUpload } = new Worker(scope, 'AcceptUpload', queues.uploads, {
    config,
    folder: 'accept-upload',
    timeout: stageTimeouts.acceptUpload,
    memoryMegabytes: 256,
    batchSize: 10,
    maxConcurrency: 10,
    environment: {
      TABLE_NAME: table.tableName,
      UPLOADS_QUEUE_URL: queues.uploads.queueUrl,
      SCHEDULED_UPLOADS_QUEUE_URL: queues.scheduledUploads.queueUrl,
      VIDEO_LIMITS: JSON.stringify(config.videoLimits),
    },
  });
  grantTable(parts, acceptUpload, ['GetItem', 'PutItem', 'UpdateItem']);
  grantReadUploads(parts, acceptUpload);
  grantSend(acceptUpload, queues.uploads, queues.scheduledUploads);
}
