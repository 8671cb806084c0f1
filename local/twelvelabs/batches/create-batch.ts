import { faultKinds } from '../faults/fault.ts';
import { ApiError, UncodedError } from '../http/api-error.ts';
import { BATCH_LIFETIME_MS } from '../settings.ts';
import type { BoxState } from '../state.ts';
import type { Batch } from './batch.ts';
import { type BatchRequest, overLimit } from './batch-request.ts';
import { checkReferenceImages, findVideo, type ReadyVideo } from './check-assets.ts';
import { planEnd } from './plan-end.ts';
import { planItem } from './plan-item.ts';

/** An item that was asked for, with its video. */
interface WantedItem {
  readonly item: BatchRequest['items'][number];
  readonly video: ReadyVideo;
}

/** Creates the batch and all its tasks, or throws the one reason why none of it is created. */
export function createBatch(request: BatchRequest, state: BoxState): Batch {
  const wanted = request.items.map((item) => ({ item, video: findVideo(item, state) }));
  for (const { settings } of request.items) checkReferenceImages(settings, state);
  checkContent(wanted, state);
  checkActiveBatches(state);
  refusePoison(wanted, state);
  state.rates.take('analyzeMinutes', state.limits, state.clock.nowMs(), minutesOf(wanted));
  const batch = planBatch(request, wanted, state);
  state.addBatch(batch);
  return batch;
}

function planBatch(
  { analysisMode, modelName }: BatchRequest,
  wanted: readonly WantedItem[],
  state: BoxState,
): Batch {
  const createdAtMs = state.clock.nowMs();
  const kind = { analysisMode, createdAtMs, expiresAtMs: createdAtMs + BATCH_LIFETIME_MS };
  const planned = {
    ...kind,
    batchId: state.makeId(),
    modelName,
    expiry: state.switches.expiry,
    items: wanted.map(({ item, video }) => planItem(item, video, kind, state)),
    webhooks: [],
  };
  return { ...planned, end: planEnd(planned, state.timing.batchCancelingMs) };
}

/** The content of whole videos, whatever windows are asked for. */
function minutesOf(wanted: readonly WantedItem[]): number {
  return wanted.reduce((sum, { video }) => sum + video.facts.durationSeconds, 0) / 60;
}

function checkContent(wanted: readonly WantedItem[], { limits, switches }: BoxState): void {
  const { batchContentSeconds } = limits;
  if (minutesOf(wanted) * 60 <= batchContentSeconds) return;
  const hours = batchContentSeconds / 3600;
  throw overLimit(`The videos of a batch have at most ${hours} hours.`, switches);
}

function checkActiveBatches(state: BoxState): void {
  const { activeBatches } = state.limits;
  if (state.activeBatchCount() < activeBatches) return;
  throw new UncodedError(
    429,
    'too_many_requests',
    `The account already has ${activeBatches} active batches. Wait for one to end, or cancel one.`,
  );
}

/** The first poisoned item refuses them all, and is not named. */
function refusePoison(wanted: readonly WantedItem[], { faults }: BoxState): void {
  for (const { item, video } of wanted) {
    const subject = {
      assetId: item.assetId,
      customId: item.customId,
      filename: video.filename,
    };
    const [poison] = faults.strike(faultKinds.poison, subject);
    if (poison) throw new ApiError(poison.status, poison.code, poison.message);
  }
}
