/**
 * Queue `uploads` -> assets that the provider processes.
 *
 * Trigger: SQS, up to 10 messages, with partial-batch responses: events of the uploads bucket, and
 * videos that came due here.
 * Delivery: at least once and in any order; an upload entered before, or not due, is left alone.
 */
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import profilesFile from '../../profiles.json' with { type: 'json' };
import { decodeRecords, deliverAgain } from '../../shared/deliveries.ts';
import { loadEnv } from '../../shared/env.ts';
import { uploadsMessage } from '../../shared/messages.ts';
import { createObjects } from '../../shared/objects.ts';
import { log, logger } from '../../shared/observability.ts';
import { parseProfiles } from '../../shared/profile.ts';
import { createQueue } from '../../shared/queue.ts';
import { readApiKey } from '../../shared/secrets.ts';
import { createStore } from '../../shared/store/store.ts';
import { createTable } from '../../shared/store/table.ts';
import { createUploadSchedule } from '../../shared/store/upload-schedule.ts';
import { createTwelveLabs } from '../../shared/twelvelabs/client.ts';
import { assetLimits } from '../../shared/twelvelabs/limits.ts';
import { createWaitingRoom } from '../../shared/waiting-room.ts';
import { type RegisterAssetsDeps, registerAssets } from './register-asset.ts';

const env = loadEnv({
  TABLE_NAME: z.string().min(1),
  UPLOADS_QUEUE_URL: z.url(),
  REGISTERED_ASSETS_QUEUE_URL: z.url(),
  TWELVELABS_BASE_URL: z.url(),
  TWELVELABS_API_KEY_SECRET_ARN: z.string().min(1),
  UPLOAD_ROUTE: z.enum(['url', 'direct']),
  UPLOADS_PER_MINUTE: z.coerce.number().positive(),
});

const now = () => new Date();
const table = createTable(env.TABLE_NAME);
const store = createStore(table, now, log);

const deps: RegisterAssetsDeps = {
  provider: createTwelveLabs({
    baseUrl: env.TWELVELABS_BASE_URL,
    apiKey: () => readApiKey(env.TWELVELABS_API_KEY_SECRET_ARN),
  }),
  store,
  schedule: createUploadSchedule(table, env.UPLOADS_PER_MINUTE, now),
  waitingRoom: createWaitingRoom({
    store,
    queues: {
      'register-asset': createQueue(env.UPLOADS_QUEUE_URL),
      'admit-asset': createQueue(env.REGISTERED_ASSETS_QUEUE_URL),
    },
    now,
    log,
  }),
  objects: createObjects(),
  profiles: parseProfiles(profilesFile),
  route: env.UPLOAD_ROUTE,
  maxBytes: { url: assetLimits.maxUrlBytes, direct: assetLimits.maxDirectBytes }[env.UPLOAD_ROUTE],
  now,
  log,
};

export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(injectLambdaContext(logger))
  .handler(async ({ Records }) =>
    deliverAgain(await registerAssets(decodeRecords(Records, uploadsMessage, log), deps)),
  );
