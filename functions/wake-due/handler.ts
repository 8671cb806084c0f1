/**
 * Every minute -> the queue of each stage at which something is due; measures; an audit of the table.
 *
 * Trigger: EventBridge schedule.
 * Delivery: at least once, or not at all for a while; two ticks at once wake a row once.
 */
import middy from '@middy/core';
import type { ScheduledEvent } from 'aws-lambda';
import * as z from 'zod';
import { countMoves } from '../../shared/count-moves.ts';
import { jsonVariable, loadEnv } from '../../shared/env.ts';
import type { RoundDue, RowDue } from '../../shared/messages.ts';
import { count, log, measure, observed } from '../../shared/observability.ts';
import { createQueue } from '../../shared/queue.ts';
import { createClockMemory } from '../../shared/store/clock-memory.ts';
import { lastTaken } from '../../shared/store/lease.ts';
import { createStore } from '../../shared/store/store.ts';
import { createTable } from '../../shared/store/table.ts';
import { type WakeDueDeps, wakeDue } from './wake-due.ts';

const env = loadEnv({
  TABLE_NAME: z.string().min(1),
  UPLOADS_QUEUE_URL: z.url(),
  SCHEDULED_UPLOADS_QUEUE_URL: z.url(),
  LARGE_UPLOADS_QUEUE_URL: z.url(),
  REGISTERED_ASSETS_QUEUE_URL: z.url(),
  QUEUED_ANALYSES_QUEUE_URL: z.url(),
  CHANGED_BATCHES_QUEUE_URL: z.url(),
  DEAD_LETTER_QUEUE_URLS: jsonVariable(z.record(z.string(), z.url())),
});

const now = () => new Date();
const table = createTable(env.TABLE_NAME);
const scheduledUploads = createQueue<RowDue | RoundDue>(env.SCHEDULED_UPLOADS_QUEUE_URL);
const queuedAnalyses = createQueue<RoundDue>(env.QUEUED_ANALYSES_QUEUE_URL);

const deps: WakeDueDeps = {
  table,
  store: createStore(table, now, log, countMoves(count)),
  memory: createClockMemory(table),
  queues: {
    'accept-upload': createQueue(env.UPLOADS_QUEUE_URL),
    'register-asset': scheduledUploads,
    'upload-chunks': createQueue(env.LARGE_UPLOADS_QUEUE_URL),
    'admit-asset': createQueue(env.REGISTERED_ASSETS_QUEUE_URL),
    'collect-results': createQueue(env.CHANGED_BATCHES_QUEUE_URL),
  },
  rounds: {
    'schedule-upload': scheduledUploads,
    'submit-batches': queuedAnalyses,
    'settle-batches': queuedAnalyses,
  },
  deadLetters: Object.fromEntries(
    Object.entries(env.DEAD_LETTER_QUEUE_URLS).map(([queue, url]) => [queue, createQueue(url)]),
  ),
  lastRound: () => lastTaken(table, 'submit-batches'),
  now,
  log,
  count,
  measure,
};

export const handler = middy<ScheduledEvent, void>()
  .use(observed)
  .handler(async () => await wakeDue(deps));
