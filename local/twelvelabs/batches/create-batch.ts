import { readyFacts } from '../assets/asset.ts';
import type { MediaFacts } from '../assets/media-facts.ts';
import { fractionOf } from '../chance.ts';
import { ApiError, invalidParameter, noSuchResource } from '../http/api-error.ts';
import { BATCH_LIFETIME_MS, type BoxTiming } from '../settings.ts';
import type { BoxState } from '../state.ts';
import { type Batch, type BatchItem, planEnd } from './batch.ts';
import type { BatchRequest, RequestedItem } from './batch-request.ts';
import { judgeItem } from './judge-item.ts';

/** Creates the batch and all its tasks, or throws the one reason why none of it is created. */
export function createBatch(request: BatchRequest, state: BoxState): Batch {
  const { limits, timing } = state;
  const createdAtMs = state.clock.nowMs();
  const facts = request.items.map((item) => factsOf(item, state, createdAtMs));
  const contentSeconds = facts.reduce((sum, each) => sum + each.durationSeconds, 0);
  if (contentSeconds > limits.batchContentSeconds) {
    const hours = limits.batchContentSeconds / 3600;
    throw invalidParameter('requests', `The videos of a batch have at most ${hours} hours.`);
  }
  if (state.activeBatchCount() >= limits.activeBatches) throw tooManyActive(limits.activeBatches);
  const batchId = state.makeId();
  const items = request.items.map((item, index) =>
    planItem(item, facts[index] as MediaFacts, state, createdAtMs),
  );
  const planned = {
    batchId,
    analysisMode: request.analysisMode,
    modelName: request.modelName,
    createdAtMs,
    expiresAtMs: createdAtMs + BATCH_LIFETIME_MS,
    items,
    webhooks: [],
  };
  const batch: Batch = { ...planned, end: planEnd(planned, timing.batchCancelingMs) };
  state.addBatch(batch);
  return batch;
}

function factsOf(item: RequestedItem, state: BoxState, nowMs: number): MediaFacts {
  const asset = state.assets.get(item.assetId.toLowerCase());
  if (!asset) throw noSuchResource('asset', item.assetId);
  const facts = readyFacts(asset, nowMs);
  if (facts) return facts;
  // The code is not documented; the status is.
  throw new ApiError(409, 'asset_not_ready', `The asset with ID ${item.assetId} is not ready.`);
}

function planItem(
  item: RequestedItem,
  facts: MediaFacts,
  state: BoxState,
  createdAtMs: number,
): BatchItem {
  const taskId = state.makeId();
  const { timing } = state;
  const startsAtMs =
    createdAtMs +
    timing.batchPendingMs +
    Math.floor(timing.itemStartSpreadMs * fractionOf('start', taskId));
  const failure = judgeItem(facts, item.settings, state.limits);
  return {
    ...item,
    taskId,
    facts,
    startsAtMs,
    endsAtMs: startsAtMs + processingMs(taskId, facts, timing),
    ...(failure && { failure }),
  };
}

function processingMs(taskId: string, facts: MediaFacts, timing: BoxTiming): number {
  const byContent = timing.itemMinMs + timing.itemMsPerContentSecond * facts.durationSeconds;
  const byChance = timing.itemSpreadMs * fractionOf('processing', taskId);
  return Math.floor(Math.min(timing.itemMaxMs, byContent + byChance));
}

function tooManyActive(most: number): ApiError {
  return new ApiError(
    429,
    'too_many_requests',
    `The account already has ${most} active batches. Wait for one to end, or cancel one.`,
  );
}
