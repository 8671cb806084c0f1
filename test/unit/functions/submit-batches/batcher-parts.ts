import { knownProfiles } from '../../../../functions/submit-batches/claim-analyses.ts';
import type { SubmitBatchesDeps } from '../../../../functions/submit-batches/submit-batches.ts';
import type { Analysis } from '../../../../shared/analysis.ts';
import type { Batch } from '../../../../shared/batch.ts';
import type { Profile } from '../../../../shared/profile.ts';
import { createBatchingMemory } from '../../../../shared/store/batching-memory.ts';
import { batchKey } from '../../../../shared/store/keys.ts';
import { acquireLease } from '../../../../shared/store/lease.ts';
import type { Row } from '../../../../shared/store/row-reader.ts';
import { createStore } from '../../../../shared/store/store.ts';
import { ProviderRefusedError } from '../../../../shared/twelvelabs/errors.ts';
import { batchLimits } from '../../../../shared/twelvelabs/limits.ts';
import type { Asset, ProviderBatch } from '../../../../shared/twelvelabs/schemas.ts';
import { createWaitingRoom } from '../../../../shared/waiting-room.ts';
import { fakeLog, fakeQueue } from '../../../support/fakes.ts';
import { createMemoryTable } from '../../../support/memory-table.ts';
import { aBatch, anAnalysis, aProfile, atSecond, MADE_AT } from '../../../support/rows.ts';

export type Provider = SubmitBatchesDeps['provider'];

/** The id that the first batch of a test is given. */
export const FIRST_BATCH = 'batch-0';

/**
 * What the parts of submit-batches work with: the real store and waiting room with `rows` in them,
 * over a table in memory, at a clock set by hand, and a provider that answers only what the test
 * says. What it was asked for is noted, in order.
 */
export async function startParts({
  rows = [],
  provider = {},
  profiles = [aProfile()],
}: {
  readonly rows?: readonly Row[];
  readonly provider?: Partial<Provider>;
  readonly profiles?: readonly Profile[];
} = {}) {
  const table = createMemoryTable();
  await table.putAll(rows);
  const log = fakeLog();
  let second = 0;
  let batches = 0;
  const now = () => atSecond(second);
  const store = createStore(table, now, log);
  const asked: string[] = [];
  const deps: SubmitBatchesDeps = {
    provider: listeningTo(provider, asked),
    store,
    memory: createBatchingMemory(table),
    waitingRoom: createWaitingRoom({ store, queues: {}, now, log }),
    queuedAnalyses: fakeQueue(),
    acquireLease: () => acquireLease(table, 'submit-batches', 300, now),
    profiles: knownProfiles(profiles),
    limits: batchLimits,
    newBatchId: () => `batch-${batches++}`,
    remainingMs: () => 900_000,
    now,
    log,
    measure: () => {},
  };
  return {
    deps,
    table,
    store,
    log,
    asked: asked as readonly string[],
    at: (seconds: number) => {
      second = seconds;
    },
    analysisNow: async ({ pk, sk }: Analysis) => (await store.read({ pk, sk })) as Analysis,
    batchNow: async (batchId = FIRST_BATCH) => (await store.read(batchKey(batchId))) as Batch,
  };
}

function listeningTo(provider: Partial<Provider>, asked: string[]): Provider {
  const fail = (name: string) => () => {
    throw new TypeError(`${name} was not to be asked`);
  };
  return new Proxy({} as Provider, {
    get: (_, name: keyof Provider) => {
      const method = provider[name] ?? fail(name);
      return (...args: readonly unknown[]) => {
        asked.push(name);
        return (method as (...its: readonly unknown[]) => unknown)(...args);
      };
    },
  });
}

/** As many analyses that wait, a second apart, each with an asset of its own. */
export function queuedAnalyses(count: number, fields: Partial<Analysis> = {}): Analysis[] {
  return Array.from({ length: count }, (_, at) =>
    anAnalysis({
      key: `${at}.mp4`,
      videoId: `video-${at}`,
      assetId: assetIdOf(at),
      queuedAt: atSecond(at).toISOString(),
      ...fields,
    }),
  );
}

/** The same in the middle of being sent in a batch. */
export function claimedAnalyses(
  count: number,
  batchId = FIRST_BATCH,
  fields: Partial<Analysis> = {},
): Analysis[] {
  return queuedAnalyses(count).map((row, at) => ({
    ...row,
    state: 'submitting',
    stage: 'settle-batches',
    batchId,
    customId: customIdAt(at, batchId),
    attempt: 1,
    revision: 1,
    ...fields,
  }));
}

/** A batch that was sent, and of which no answer told. */
export function anIntent(fields: Partial<Batch> = {}): Batch {
  const { providerBatchId: _, ...row } = aBatch({ batchId: FIRST_BATCH });
  return {
    ...row,
    state: 'intended',
    stage: 'settle-batches',
    itemCount: 2,
    sentAt: MADE_AT.toISOString(),
    certainAt: atSecond(1_800).toISOString(),
    ...fields,
  };
}

export function assetIdOf(at: number): string {
  return `a55e7${String(at).padStart(19, '0')}`;
}

export function customIdAt(at: number, batchId = FIRST_BATCH): string {
  return `${String(at).padStart(22, 'x')}-${batchId}`;
}

/** A batch as the provider lists it. */
export function aProviderBatch(fields: Partial<ProviderBatch> = {}): ProviderBatch {
  return {
    batch_id: 'provider-1',
    status: 'processing',
    analysis_mode: 'general',
    total_items: 2,
    created_at: MADE_AT.toISOString(),
    queued_items: 0,
    processing_items: 0,
    ready_items: 0,
    failed_items: 0,
    canceled_items: 0,
    ...fields,
  };
}

/** A list that shows these, and then fails if it is told to. */
export function listing(batches: readonly ProviderBatch[], failure?: Error) {
  return async function* () {
    yield* batches;
    if (failure) throw failure;
  };
}

/** Results with a line for each of these ids. */
export async function* resultsOf(customIds: readonly (string | null)[]) {
  for (const custom_id of customIds) yield resultLine(custom_id);
}

export function resultLine(custom_id: string | null): Buffer {
  return Buffer.from(`${JSON.stringify({ task_id: 't', custom_id, status: 'queued' })}\n`);
}

/** Assets of which the provider says this, in the order of the analyses. */
export function assetsWith(statuses: readonly string[]): Asset[] {
  return statuses.map((status, at) => ({ _id: assetIdOf(at), status }));
}

export function refusal(status: number, code = `http_${status}`, words = 'words', details = '') {
  return new ProviderRefusedError(status, code, words, undefined, details);
}
