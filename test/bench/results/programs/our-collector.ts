/** The pipeline's own collector, connected as its handler connects it. */
import { randomUUID } from 'node:crypto';
import { collectBatch } from '../../../../functions/collect-results/collect-batch.ts';
import { createArchive } from '../../../../shared/archive.ts';
import { log } from '../../../../shared/observability.ts';
import { createQueue } from '../../../../shared/queue.ts';
import { createQuarantine } from '../../../../shared/store/quarantine.ts';
import { createSegmentStore } from '../../../../shared/store/segments.ts';
import { createStore } from '../../../../shared/store/store.ts';
import { createTable } from '../../../../shared/store/table.ts';
import { createTwelveLabs } from '../../../../shared/twelvelabs/client.ts';
import { createWaitingRoom } from '../../../../shared/waiting-room.ts';
import { aBatch } from '../../../support/rows.ts';
import { BATCH_ID, workloadOf } from '../content.ts';
import { measured, tellParent } from '../measured.ts';
import { API_KEY, BUCKET, environment, TABLE } from './environment.ts';

const INVOCATION_MS = 900_000;

const { baseUrl, awsUrl, providerBatchId } = environment;
const now = () => new Date();
const table = createTable(TABLE);
const store = createStore(table, now, log);
const changedBatches = createQueue<never>(`${awsUrl}/1/changed-batches`);

const deps = {
  provider: createTwelveLabs({ baseUrl, apiKey: async () => API_KEY }),
  store,
  segments: createSegmentStore(table),
  waitingRoom: createWaitingRoom({
    store,
    queues: { 'collect-results': changedBatches },
    now,
    log,
  }),
  archive: createArchive(BUCKET),
  quarantine: createQuarantine(table),
  queuedAnalyses: createQueue<never>(`${awsUrl}/1/queued-analyses`),
  changedBatches: createQueue<never>(`${awsUrl}/1/changed-batches`),
  newReadingId: randomUUID,
  webhookUrl: 'https://receiver.example/webhooks/twelvelabs',
  count: () => {},
  remainingMs: () => INVOCATION_MS - performance.now(),
  now,
  log,
};

void tellParent(
  measured(async () => {
    const itemCount = workloadOf(providerBatchId).lines;
    // By the way of its webhook, so that the batch closes at once.
    const hintedAt = now().toISOString();
    await collectBatch(aBatch({ batchId: BATCH_ID, providerBatchId, itemCount, hintedAt }), deps);
  }),
);
