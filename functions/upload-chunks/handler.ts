/**
 * Queue `large-uploads` -> assets that the provider processes, their bytes sent in chunks.
 *
 * Trigger: SQS, one message at a time, with partial-batch responses: videos that are uploading.
 * Delivery: at least once; a video that is not due, or not waiting for this stage, is left alone.
 */
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { countMoves } from '../../shared/count-moves.ts';
import { decodeRecords, deliverAgain } from '../../shared/deliveries.ts';
import { loadEnv } from '../../shared/env.ts';
import { rowDue } from '../../shared/messages.ts';
import { createObjects } from '../../shared/objects.ts';
import { count, log, observed } from '../../shared/observability.ts';
import { createQueue } from '../../shared/queue.ts';
import { readApiKey } from '../../shared/secrets.ts';
import { createStore } from '../../shared/store/store.ts';
import { createTable } from '../../shared/store/table.ts';
import { createTwelveLabs } from '../../shared/twelvelabs/client.ts';
import { createWaitingRoom } from '../../shared/waiting-room.ts';
import { type UploadChunksDeps, uploadChunks } from './upload-chunks.ts';

const env = loadEnv({
  TABLE_NAME: z.string().min(1),
  SCHEDULED_UPLOADS_QUEUE_URL: z.url(),
  LARGE_UPLOADS_QUEUE_URL: z.url(),
  REGISTERED_ASSETS_QUEUE_URL: z.url(),
  TWELVELABS_BASE_URL: z.url(),
  TWELVELABS_API_KEY_SECRET_ARN: z.string().min(1),
});

const now = () => new Date();
const store = createStore(createTable(env.TABLE_NAME), now, log, countMoves(count));

const deps: Omit<UploadChunksDeps, 'remainingMs'> = {
  provider: createTwelveLabs({
    baseUrl: env.TWELVELABS_BASE_URL,
    apiKey: () => readApiKey(env.TWELVELABS_API_KEY_SECRET_ARN),
    onKeyRefused: () => count('KeyRefused', 1),
  }),
  store,
  waitingRoom: createWaitingRoom({
    store,
    queues: {
      'register-asset': createQueue(env.SCHEDULED_UPLOADS_QUEUE_URL),
      'upload-chunks': createQueue(env.LARGE_UPLOADS_QUEUE_URL),
      'admit-asset': createQueue(env.REGISTERED_ASSETS_QUEUE_URL),
    },
    now,
    log,
  }),
  objects: createObjects(),
  now,
  log,
};

export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(observed)
  .handler(async ({ Records }, context) => {
    const remainingMs = () => context.getRemainingTimeInMillis();
    const deliveries = decodeRecords(Records, rowDue, log);
    return deliverAgain(await uploadChunks(deliveries, { ...deps, remainingMs }));
  });
