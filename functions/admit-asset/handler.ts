/**
 * Queue `registered-assets` -> analyses waiting for a batch.
 *
 * Trigger: SQS, up to 50 messages, with partial-batch responses: videos whose asset may be ready.
 * Delivery: at least once; a video that is not due, or not waiting for this stage, is left alone.
 */
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import profilesFile from '../../profiles.json' with { type: 'json' };
import { countMoves } from '../../shared/count-moves.ts';
import { decodeRecords, deliverAgain } from '../../shared/deliveries.ts';
import { jsonVariable, loadEnv } from '../../shared/env.ts';
import { rowDue } from '../../shared/messages.ts';
import { count, log, observed } from '../../shared/observability.ts';
import { parseProfiles } from '../../shared/profile.ts';
import { createQueue } from '../../shared/queue.ts';
import { readApiKey } from '../../shared/secrets.ts';
import { createSegmentStore } from '../../shared/store/segments.ts';
import { createStore } from '../../shared/store/store.ts';
import { createTable } from '../../shared/store/table.ts';
import { createTwelveLabs } from '../../shared/twelvelabs/client.ts';
import { videoLimits } from '../../shared/video-limits.ts';
import { createWaitingRoom } from '../../shared/waiting-room.ts';
import { type AdmitAssetsDeps, admitAssets } from './admit-asset.ts';

const env = loadEnv({
  TABLE_NAME: z.string().min(1),
  REGISTERED_ASSETS_QUEUE_URL: z.url(),
  QUEUED_ANALYSES_QUEUE_URL: z.url(),
  SCHEDULED_UPLOADS_QUEUE_URL: z.url(),
  VIDEO_LIMITS: jsonVariable(videoLimits),
  TWELVELABS_BASE_URL: z.url(),
  TWELVELABS_API_KEY_SECRET_ARN: z.string().min(1),
});

const now = () => new Date();
const table = createTable(env.TABLE_NAME);
const store = createStore(table, now, log, countMoves(count));

const deps: AdmitAssetsDeps = {
  provider: createTwelveLabs({
    baseUrl: env.TWELVELABS_BASE_URL,
    apiKey: () => readApiKey(env.TWELVELABS_API_KEY_SECRET_ARN),
    onKeyRefused: () => count('KeyRefused', 1),
  }),
  store,
  segments: createSegmentStore(table),
  waitingRoom: createWaitingRoom({
    store,
    queues: {
      'register-asset': createQueue(env.SCHEDULED_UPLOADS_QUEUE_URL),
      'admit-asset': createQueue(env.REGISTERED_ASSETS_QUEUE_URL),
    },
    now,
    log,
  }),
  queuedAnalyses: createQueue(env.QUEUED_ANALYSES_QUEUE_URL),
  profiles: parseProfiles(profilesFile),
  limits: env.VIDEO_LIMITS,
  now,
  log,
};

export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(observed)
  .handler(async ({ Records }) =>
    deliverAgain(await admitAssets(decodeRecords(Records, rowDue, log), deps)),
  );
