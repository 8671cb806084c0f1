import { indexes } from '../../shared/store/keys.ts';
import { grantReadSecret, grantReadUploads, grantSend, grantTable } from '../grants.ts';
import { type Parts, providerVariables } from '../parts.ts';
import { stageTimeouts } from '../stage-queues.ts';
import { Worker } from '../worker.ts';

/** Videos whose turn has come -> assets at TwelveLabs. */
export function addRegisterAsset(parts: Parts): void {
  const { scope, config, queues, table } = parts;
  const { function: registerAsset } = new Worker(scope, 'RegisterAsset', queues.scheduledUploads, {
    config,
    folder: 'register-asset',
    timeout: stageTimeouts.registerAsset,
    memoryMegabytes: 384,
    batchSize: 10,
    // A turn is missed within seconds: none may wait until the uploads of others are over.
    maxConcurrency: 20,
    environment: {
      ...providerVariables(parts),
      TABLE_NAME: table.tableName,
      SCHEDULED_UPLOADS_QUEUE_URL: queues.scheduledUploads.queueUrl,
      LARGE_UPLOADS_QUEUE_URL: queues.largeUploads.queueUrl,
      REGISTERED_ASSETS_QUEUE_URL: queues.registeredAssets.queueUrl,
      UPLOAD_ROUTE: config.uploadRoute,
      CHUNKS_ABOVE_BYTES: String(config.chunksAboveBytes),
      UPLOADS_PER_MINUTE: String(config.uploadRates.perMinute),
      UPLOADS_PER_DAY: String(config.uploadRates.perDay),
    },
  });
  grantTable(parts, registerAsset, ['BatchGetItem', 'GetItem', 'UpdateItem'], [indexes.due]);
  grantReadUploads(parts, registerAsset);
  grantReadSecret(parts, 'apiKey', registerAsset);
  const { scheduledUploads, largeUploads, registeredAssets } = queues;
  grantSend(registerAsset, scheduledUploads, largeUploads, registeredAssets);
}
