/**
 * Queue `queued-analyses` -> batches at the provider.
 *
 * Trigger: SQS; whatever the messages say, they wake one round over what waits in the table.
 * Delivery: at least once; a lease keeps rounds from running side by side, and a round with nothing
 * to do does nothing.
 */
import { randomUUID } from 'node:crypto';
import middy from '@middy/core';
import type { SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import profilesFile from '../../profiles.json' with { type: 'json' };
import { countMoves } from '../../shared/count-moves.ts';
import { loadEnv } from '../../shared/env.ts';
import { count, log, measure, observed } from '../../shared/observability.ts';
import { parseProfiles } from '../../shared/profile.ts';
import { createQueue } from '../../shared/queue.ts';
import { readApiKey } from '../../shared/secrets.ts';
import { createBatchingMemory } from '../../shared/store/batching-memory.ts';
import { acquireLease } from '../../shared/store/lease.ts';
import { createStore } from '../../shared/store/store.ts';
import { createTable } from '../../shared/store/table.ts';
import { createTwelveLabs } from '../../shared/twelvelabs/client.ts';
import { batchLimits } from '../../shared/twelvelabs/limits.ts';
import { createWaitingRoom } from '../../shared/waiting-room.ts';
import { knownProfiles } from './claim-analyses.ts';
import { type SubmitBatchesDeps, submitBatches } from './submit-batches.ts';

const env = loadEnv({
  TABLE_NAME: z.string().min(1),
  QUEUED_ANALYSES_QUEUE_URL: z.url(),
  TWELVELABS_BASE_URL: z.url(),
  TWELVELABS_API_KEY_SECRET_ARN: z.string().min(1),
  MAX_VIDEO_SECONDS: z.coerce.number().positive(),
  MAX_BATCH_REQUESTS: z.coerce.number().int().positive(),
  MAX_BATCH_HOURS: z.coerce.number().positive(),
  MAX_ACTIVE_BATCHES: z.coerce.number().int().positive(),
});

/** As long as one step of a round can take; each batch renews it. */
const LEASE_SECONDS = 300;

const now = () => new Date();
const table = createTable(env.TABLE_NAME);
const store = createStore(table, now, log, countMoves(count));

const deps: Omit<SubmitBatchesDeps, 'remainingMs'> = {
  provider: createTwelveLabs({
    baseUrl: env.TWELVELABS_BASE_URL,
    apiKey: () => readApiKey(env.TWELVELABS_API_KEY_SECRET_ARN),
    onKeyRefused: () => count('KeyRefused', 1),
  }),
  store,
  waitingRoom: createWaitingRoom({ store, queues: {}, now, log }),
  memory: createBatchingMemory(table),
  queuedAnalyses: createQueue(env.QUEUED_ANALYSES_QUEUE_URL),
  acquireLease: () => acquireLease(table, 'submit-batches', LEASE_SECONDS, now),
  profiles: knownProfiles(parseProfiles(profilesFile)),
  limits: {
    ...batchLimits,
    maxRequests: env.MAX_BATCH_REQUESTS,
    maxHours: env.MAX_BATCH_HOURS,
    maxActive: env.MAX_ACTIVE_BATCHES,
    maxVideoHours: env.MAX_VIDEO_SECONDS / 3_600,
  },
  newBatchId: randomUUID,
  now,
  log,
  measure,
};

export const handler = middy<SQSEvent, void>()
  .use(observed)
  .handler(async (_event, context) => {
    const remainingMs = () => context.getRemainingTimeInMillis();
    await submitBatches({ ...deps, remainingMs });
  });
