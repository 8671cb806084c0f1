import pMap from 'p-map';
import { type Analysis, isCustomIdOf } from '../../shared/analysis.ts';
import type { Batch } from '../../shared/batch.ts';
import { parseOrNothing } from '../../shared/decode.ts';
import { splitLines } from '../../shared/jsonl.ts';
import { batchKey } from '../../shared/store/keys.ts';
import { isProviderError, ProviderRefusedError, reasonOf } from '../../shared/twelvelabs/errors.ts';
import { type ProviderBatch, resultLine } from '../../shared/twelvelabs/schemas.ts';
import type { Reason } from '../../shared/video.ts';
import { WRITES_AT_ONCE } from '../../shared/waiting-room.ts';
import type { SubmitBatchesDeps } from './submit-batches.ts';

/** How often a batch that may exist is looked for. */
export const DOUBT_SECONDS = 120;
/**
 * When it is certain that a batch which the list does not show was never made. The provider's own
 * deadline for creating one ends in a 504 long before.
 */
const CERTAIN_AFTER_SECONDS = 1_800;
/** How soon an open batch is looked at when no webhook comes. */
const FIRST_LOOK_SECONDS = 180;
/** Clocks differ, and the provider notes the creation of a batch, not the sending of its request. */
const CLOCK_SKEW_SECONDS = 300;

/** Settles an intent whose outcome is not known: adopts the provider's batch, or frees the claims. */
export async function settleIntent(intent: Batch, deps: SubmitBatchesDeps): Promise<void> {
  const analyses = (await deps.store.analysesOf(intent.batchId)).filter(isSubmitting);
  if (!intent.sentAt) {
    const reason = {
      code: 'never_sent',
      message: 'the function ended before the request was sent',
    };
    return await abandon(intent, analyses, { reason }, deps);
  }
  const search = await findBatch(intent, deps);
  if ('found' in search) {
    const { found } = search;
    deps.log.info('batch_adopted', { batchId: intent.batchId, providerBatchId: found.batch_id });
    return await markSubmitted(intent, analyses, found, deps);
  }
  const sentForSeconds = (deps.now().getTime() - Date.parse(intent.sentAt)) / 1000;
  if ('unknown' in search || sentForSeconds < CERTAIN_AFTER_SECONDS) {
    const set = 'unknown' in search ? { reason: search.unknown } : {};
    await deps.waitingRoom.move(intent, {
      to: 'intended',
      inSeconds: DOUBT_SECONDS,
      by: 'clock',
      set,
    });
    return;
  }
  const reason = { code: 'never_created', message: 'the provider has no batch with its items' };
  const batchCeiling = intent.ceilingIfAbsent;
  await abandon(intent, analyses, { reason, ...(batchCeiling && { batchCeiling }) }, deps);
}

/** A claimed analysis whose own due time came: does what its batch did. */
export async function followBatch(analysis: Analysis, deps: SubmitBatchesDeps): Promise<void> {
  const row = await deps.store.read(batchKey(analysis.batchId ?? ''));
  if (row?.kind !== 'batch' || row.state === 'abandoned') {
    await backToQueue(analysis, row?.kind === 'batch' ? row.ceilingIfAbsent : undefined, deps);
  } else if (row.state === 'intended') {
    await deps.waitingRoom.move(analysis, {
      to: 'submitting',
      inSeconds: DOUBT_SECONDS,
      by: 'clock',
    });
  } else {
    await submitted(analysis, row, deps);
  }
}

/** Records that the provider has the batch: first on the batch, then on each of its analyses. */
export async function markSubmitted(
  intent: Batch,
  analyses: readonly Analysis[],
  created: { readonly batch_id: string; readonly expires_at?: string | null | undefined },
  deps: SubmitBatchesDeps,
): Promise<void> {
  const active = await deps.waitingRoom.move(intent, {
    to: 'active',
    inSeconds: FIRST_LOOK_SECONDS,
    by: 'clock',
    set: {
      providerBatchId: created.batch_id,
      expiresAt: expiryOf(created.expires_at, deps.now()),
      reason: undefined,
    },
  });
  if (!active) return;
  await pMap(analyses, (analysis) => submitted(analysis, active, deps), {
    concurrency: WRITES_AT_ONCE,
  });
}

/**
 * Frees the claims of a batch that certainly does not exist, each back to its old place in the queue.
 * The intent goes first: from then on nobody can send it, and a claim left behind follows it.
 */
export async function abandon(
  intent: Batch,
  analyses: readonly Analysis[],
  { reason, batchCeiling }: { readonly reason: Reason; readonly batchCeiling?: number },
  deps: SubmitBatchesDeps,
): Promise<void> {
  const abandoned = await deps.waitingRoom.move(intent, {
    to: 'abandoned',
    set: { reason, ceilingIfAbsent: batchCeiling },
  });
  if (!abandoned) return;
  await pMap(analyses, (analysis) => backToQueue(analysis, batchCeiling, deps), {
    concurrency: WRITES_AT_ONCE,
  });
}

async function backToQueue(
  analysis: Analysis,
  batchCeiling: number | undefined,
  { waitingRoom, now }: SubmitBatchesDeps,
): Promise<void> {
  await waitingRoom.move(analysis, {
    to: 'queued',
    inSeconds: (Date.parse(analysis.queuedAt) - now().getTime()) / 1000,
    by: 'clock',
    set: { batchId: undefined, customId: undefined, ...(batchCeiling && { batchCeiling }) },
  });
}

/** From now on the results say what becomes of it; well after the batch's end it asks for itself. */
async function submitted(analysis: Analysis, batch: Batch, deps: SubmitBatchesDeps): Promise<void> {
  const end = Date.parse(expiryOf(batch.expiresAt, deps.now()));
  const inSeconds = (end - deps.now().getTime()) / 1000 + 6 * 3_600;
  await deps.waitingRoom.move(analysis, { to: 'submitted', inSeconds, by: 'clock' });
}

type Search =
  | { readonly found: ProviderBatch }
  | { readonly unknown: Reason }
  | { readonly absent: true };

/** Looks for the provider's batch in whose results our batch id stands. */
async function findBatch(intent: Batch, deps: SubmitBatchesDeps): Promise<Search> {
  const sinceMs = Date.parse(intent.intendedAt) - CLOCK_SKEW_SECONDS * 1000;
  try {
    for await (const batch of deps.provider.listBatches([])) {
      if (Date.parse(batch.created_at) < sinceMs) break;
      if (batch.analysis_mode && batch.analysis_mode !== intent.analysisMode) continue;
      if (await deps.store.batchOfProvider(batch.batch_id)) continue;
      if (isCustomIdOf(intent.batchId, await firstCustomId(batch.batch_id, deps)))
        return { found: batch };
    }
    return { absent: true };
  } catch (error) {
    if (!isProviderError(error)) throw error;
    return { unknown: reasonOf(error) };
  }
}

/**
 * A batch is wholly ours or not at all, so that its first readable line tells. One whose results are
 * refused to us (a stranger's, or deleted meanwhile) is not ours.
 */
async function firstCustomId(
  providerBatchId: string,
  { provider }: SubmitBatchesDeps,
): Promise<string | undefined> {
  try {
    for await (const { bytes } of splitLines(await provider.openResults(providerBatchId))) {
      const line = resultLine.safeParse(parseOrNothing(new TextDecoder().decode(bytes)));
      if (line.success) return line.data.custom_id ?? undefined;
    }
  } catch (error) {
    if (!(error instanceof ProviderRefusedError && error.status < 500 && error.status !== 429))
      throw error;
  }
  return undefined;
}

function isSubmitting({ state }: Analysis): boolean {
  return state === 'submitting';
}

/** The provider's word on when a batch ends, or the documented 24 hours. */
function expiryOf(expiresAt: string | null | undefined, now: Date): string {
  const known = expiresAt ? Date.parse(expiresAt) : Number.NaN;
  return new Date(Number.isNaN(known) ? now.getTime() + 24 * 3_600_000 : known).toISOString();
}
