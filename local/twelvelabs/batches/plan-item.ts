import { fractionOf } from '../chance.ts';
import { type Fault, faultKinds } from '../faults/fault.ts';
import type { BoxTiming } from '../settings.ts';
import type { BoxState } from '../state.ts';
import { type Batch, type BatchItem, type ItemError, processingTimeout } from './batch.ts';
import type { RequestedItem } from './batch-request.ts';
import type { ReadyVideo } from './check-assets.ts';
import { judgeItem } from './judge-item.ts';

/** What is known of a batch before its items are planned. */
export type PlannedBatch = Pick<Batch, 'analysisMode' | 'createdAtMs' | 'expiresAtMs'>;

type ItemFault = Extract<Fault, { kind: (typeof faultKinds.item)[number] }>;

/** Plans the whole course of an item, with the faults that strike it. */
export function planItem(
  requested: RequestedItem,
  { filename, facts }: ReadyVideo,
  batch: PlannedBatch,
  state: BoxState,
): BatchItem {
  const taskId = state.makeId();
  const { timing } = state;
  const { assetId, customId } = requested;
  const subject = { assetId, filename, customId };
  const faults = state.faults.strike(faultKinds.item, subject);
  const startsAtMs =
    batch.createdAtMs +
    timing.batchPendingMs +
    Math.floor(timing.itemStartSpreadMs * fractionOf('start', taskId));
  const failure = judgeItem(facts, requested.settings, state.limits);
  const item: BatchItem = {
    ...requested,
    taskId,
    filename,
    facts,
    startsAtMs,
    endsAtMs: startsAtMs + processingMs(taskId, facts.durationSeconds, timing),
    ...(failure && { failure }),
  };
  return faults.reduce((spoiled, fault) => spoil(spoiled, fault, batch), item);
}

/** A file that can't be analyzed stays the first reason of a failure. */
function spoil(item: BatchItem, fault: ItemFault, batch: PlannedBatch): BatchItem {
  const { failure } = item;
  switch (fault.kind) {
    case 'fail-item': {
      const { code, message } = fault;
      return { ...item, failure: failure ?? { code, message } };
    }
    case 'truncate-item':
      return batch.analysisMode === 'general'
        ? { ...item, isTruncated: true }
        : { ...item, failure: failure ?? tokenLimitReached };
    case 'slow-item':
      return { ...item, endsAtMs: item.endsAtMs + fault.ms };
    case 'stall-item':
      // The first moment after the expiry: who is let finish then, fails.
      return { ...item, endsAtMs: batch.expiresAtMs + 1, failure: processingTimeout };
    case 'long-item':
      return { ...item, resultBytes: fault.bytes };
  }
}

const tokenLimitReached: ItemError = {
  code: 'token_limit_exceeded',
  message: 'The generation reached the configured max_tokens.',
};

function processingMs(taskId: string, durationSeconds: number, timing: BoxTiming): number {
  const byContent = timing.itemMinMs + timing.itemMsPerContentSecond * durationSeconds;
  const byChance = timing.itemSpreadMs * fractionOf('processing', taskId);
  return Math.floor(Math.min(timing.itemMaxMs, byContent + byChance));
}
