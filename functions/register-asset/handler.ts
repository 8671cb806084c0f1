/**
 * Queue `scheduled-uploads` -> assets that the provider processes.
 *
 * Trigger: SQS, up to 10 messages, with partial-batch responses: videos whose turn has come, and
 * `round`, that somebody joined the line.
 * Delivery: at least once; a video that is not due, or not waiting for this stage, is left alone.
 */
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { countMoves } from '../../shared/count-moves.ts';
import { decodeRecords, deliverAgain } from '../../shared/deliveries.ts';
import { loadEnv } from '../../shared/env.ts';
import { type RoundDue, type RowDue, scheduledUploadsMessage } from '../../shared/messages.ts';
import { createObjects } from '../../shared/objects.ts';
import { count, log, observed } from '../../shared/observability.ts';
import { createQueue } from '../../shared/queue.ts';
import { readApiKey } from '../../shared/secrets.ts';
import { acquireLease } from '../../shared/store/lease.ts';
import { createStore } from '../../shared/store/store.ts';
import { createTable } from '../../shared/store/table.ts';
import { createUploadSchedule } from '../../shared/store/upload-schedule.ts';
import { createTwelveLabs } from '../../shared/twelvelabs/client.ts';
import { chunksAboveBytes } from '../../shared/twelvelabs/limits.ts';
import { createWaitingRoom } from '../../shared/waiting-room.ts';
import { type RegisterAssetsDeps, registerAssets } from './register-asset.ts';

const env = loadEnv({
  TABLE_NAME: z.string().min(1),
  SCHEDULED_UPLOADS_QUEUE_URL: z.url(),
  LARGE_UPLOADS_QUEUE_URL: z.url(),
  REGISTERED_ASSETS_QUEUE_URL: z.url(),
  TWELVELABS_BASE_URL: z.url(),
  TWELVELABS_API_KEY_SECRET_ARN: z.string().min(1),
  UPLOAD_ROUTE: z.enum(['url', 'direct']),
  CHUNKS_ABOVE_BYTES: z.coerce.number().min(0),
  UPLOADS_PER_MINUTE: z.coerce.number().min(1),
  UPLOADS_PER_DAY: z.coerce.number().min(1),
});

/** A round takes seconds; one that died is followed by the next after this. */
const ROUND_SECONDS = 60;

const now = () => new Date();
const table = createTable(env.TABLE_NAME);
const store = createStore(table, now, log, countMoves(count));
const scheduledUploads = createQueue<RowDue | RoundDue>(env.SCHEDULED_UPLOADS_QUEUE_URL);

const deps: RegisterAssetsDeps = {
  provider: createTwelveLabs({
    baseUrl: env.TWELVELABS_BASE_URL,
    apiKey: () => readApiKey(env.TWELVELABS_API_KEY_SECRET_ARN),
    onKeyRefused: () => count('KeyRefused', 1),
  }),
  store,
  schedule: createUploadSchedule(
    table,
    { perMinute: env.UPLOADS_PER_MINUTE, perDay: env.UPLOADS_PER_DAY },
    now,
  ),
  lease: () => acquireLease(table, 'schedule-upload', ROUND_SECONDS, now),
  waitingRoom: createWaitingRoom({
    store,
    queues: {
      'register-asset': scheduledUploads,
      'upload-chunks': createQueue(env.LARGE_UPLOADS_QUEUE_URL),
      'admit-asset': createQueue(env.REGISTERED_ASSETS_QUEUE_URL),
    },
    now,
    log,
  }),
  objects: createObjects(),
  scheduledUploads,
  route: env.UPLOAD_ROUTE,
  chunksAboveBytes: Math.min(env.CHUNKS_ABOVE_BYTES, chunksAboveBytes[env.UPLOAD_ROUTE]),
  now,
  log,
};

export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(observed)
  .handler(async ({ Records }) =>
    deliverAgain(await registerAssets(decodeRecords(Records, scheduledUploadsMessage, log), deps)),
  );
