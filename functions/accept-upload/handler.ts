/**
 * Queue `uploads` -> videos that stand in line for their upload to the provider.
 *
 * Trigger: SQS, up to 10 messages, with partial-batch responses: events of the uploads bucket, and
 * videos that came due here.
 * Delivery: at least once and in any order; an upload entered before, or not due, is left alone.
 */
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import profilesFile from '../../profiles.json' with { type: 'json' };
import { countMoves } from '../../shared/count-moves.ts';
import { decodeRecords, deliverAgain } from '../../shared/deliveries.ts';
import { jsonVariable, loadEnv } from '../../shared/env.ts';
import { uploadsMessage } from '../../shared/messages.ts';
import { createObjects } from '../../shared/objects.ts';
import { count, log, observed } from '../../shared/observability.ts';
import { parseProfiles } from '../../shared/profile.ts';
import { createQueue } from '../../shared/queue.ts';
import { createStore } from '../../shared/store/store.ts';
import { createTable } from '../../shared/store/table.ts';
import { videoLimits } from '../../shared/video-limits.ts';
import { createWaitingRoom } from '../../shared/waiting-room.ts';
import { type AcceptUploadsDeps, acceptUploads } from './accept-upload.ts';

const env = loadEnv({
  TABLE_NAME: z.string().min(1),
  UPLOADS_QUEUE_URL: z.url(),
  SCHEDULED_UPLOADS_QUEUE_URL: z.url(),
  VIDEO_LIMITS: jsonVariable(videoLimits),
});

const now = () => new Date();
const store = createStore(createTable(env.TABLE_NAME), now, log, countMoves(count));

const deps: AcceptUploadsDeps = {
  store,
  waitingRoom: createWaitingRoom({
    store,
    queues: { 'accept-upload': createQueue(env.UPLOADS_QUEUE_URL) },
    now,
    log,
  }),
  objects: createObjects(),
  scheduledUploads: createQueue(env.SCHEDULED_UPLOADS_QUEUE_URL),
  profiles: parseProfiles(profilesFile),
  limits: env.VIDEO_LIMITS,
  now,
  log,
};

export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(observed)
  .handler(async ({ Records }) =>
    deliverAgain(await acceptUploads(decodeRecords(Records, uploadsMessage, log), deps)),
  );
