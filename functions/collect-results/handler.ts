/**
 * Queue `changed-batches` -> results in the table, raw bytes in the archive.
 *
 * Trigger: SQS, with partial-batch responses: hints from the webhook, and rows that came due here.
 * Delivery: at least once; an analysis is settled once, whatever is read twice.
 */
import { randomUUID } from 'node:crypto';
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { createArchive } from '../../shared/archive.ts';
import { countMoves } from '../../shared/count-moves.ts';
import { decodeRecords, deliverAgain } from '../../shared/deliveries.ts';
import { loadEnv } from '../../shared/env.ts';
import { type ChangedBatchesMessage, changedBatchesMessage } from '../../shared/messages.ts';
import { count, log, observed } from '../../shared/observability.ts';
import { createQueue } from '../../shared/queue.ts';
import { readApiKey } from '../../shared/secrets.ts';
import { createQuarantine } from '../../shared/store/quarantine.ts';
import { createSegmentStore } from '../../shared/store/segments.ts';
import { createStore } from '../../shared/store/store.ts';
import { createTable } from '../../shared/store/table.ts';
import { createTwelveLabs } from '../../shared/twelvelabs/client.ts';
import { createWaitingRoom } from '../../shared/waiting-room.ts';
import { type CollectResultsDeps, collectResults } from './collect-results.ts';

const env = loadEnv({
  TABLE_NAME: z.string().min(1),
  ARCHIVE_BUCKET_NAME: z.string().min(1),
  CHANGED_BATCHES_QUEUE_URL: z.url(),
  QUEUED_ANALYSES_QUEUE_URL: z.url(),
  WEBHOOK_URL: z.url(),
  TWELVELABS_BASE_URL: z.url(),
  TWELVELABS_API_KEY_SECRET_ARN: z.string().min(1),
});

const now = () => new Date();
const table = createTable(env.TABLE_NAME);
const store = createStore(table, now, log, countMoves(count));

const changedBatches = createQueue<ChangedBatchesMessage>(env.CHANGED_BATCHES_QUEUE_URL);

const deps: Omit<CollectResultsDeps, 'remainingMs'> = {
  provider: createTwelveLabs({
    baseUrl: env.TWELVELABS_BASE_URL,
    apiKey: () => readApiKey(env.TWELVELABS_API_KEY_SECRET_ARN),
    onKeyRefused: () => count('KeyRefused', 1),
  }),
  store,
  segments: createSegmentStore(table),
  waitingRoom: createWaitingRoom({
    store,
    queues: { 'collect-results': changedBatches },
    now,
    log,
  }),
  archive: createArchive(env.ARCHIVE_BUCKET_NAME),
  quarantine: createQuarantine(table),
  queuedAnalyses: createQueue(env.QUEUED_ANALYSES_QUEUE_URL),
  changedBatches,
  newReadingId: randomUUID,
  webhookUrl: env.WEBHOOK_URL,
  now,
  log,
  count,
};

export const handler = middy<SQSEvent, SQSBatchResponse>()
  .use(observed)
  .handler(async ({ Records }, context) => {
    const remainingMs = () => context.getRemainingTimeInMillis();
    const deliveries = decodeRecords(Records, changedBatchesMessage, log);
    return deliverAgain(await collectResults(deliveries, { ...deps, remainingMs }));
  });
