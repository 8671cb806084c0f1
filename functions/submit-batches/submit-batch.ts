import type { Analysis } from '../../shared/analysis.ts';
import type { Batch } from '../../shared/batch.ts';
import { batchKey } from '../../shared/store/keys.ts';
import {
  isProviderError,
  type ProviderError,
  ProviderRefusedError,
  reasonOf,
} from '../../shared/twelvelabs/errors.ts';
import type { CreatedBatch } from '../../shared/twelvelabs/schemas.ts';
import { later } from '../../shared/waiting-room.ts';
import { batchRequest } from './batch-request.ts';
import { blame } from './blame.ts';
import { CLAIM_SECONDS, claimAnalyses } from './claim-analyses.ts';
import type { PlannedBatch } from './plan-batches.ts';
import { abandon, markSubmitted } from './record-outcome.ts';
import { DOUBT_SECONDS } from './settle-intent.ts';
import type { Outlook, SubmitBatchesDeps } from './submit-batches.ts';

/** How long the provider is left alone after it asked for it: its own word, but at most an hour. */
const PEACE_SECONDS = 60;
const MAX_PEACE_SECONDS = 3_600;

/**
 * Sends one planned batch: writes the intent, claims its analyses, notes that it is about to send,
 * sends the request exactly once, and records the answer. Killed anywhere, the intent comes due and
 * is settled: at once when nothing was sent, else from the provider's own list.
 */
export async function submitBatch(
  planned: PlannedBatch,
  deps: SubmitBatchesDeps,
): Promise<Outlook> {
  const intent = await writeIntent(planned, deps);
  const claimed = await claimAnalyses(planned, intent, deps);
  const analyses = claimed.map(({ analysis }) => analysis);
  if (claimed.length === 0) {
    await abandon(intent, analyses, { reason: nothingLeft }, deps);
    return { lookAgainInSeconds: undefined };
  }
  // The fence: once somebody else has settled this intent, it must not be sent any more.
  const sending = await deps.waitingRoom.move(intent, {
    to: 'intended',
    inSeconds: CLAIM_SECONDS,
    by: 'clock',
    set: { sentAt: deps.now().toISOString(), itemCount: claimed.length },
  });
  if (!sending) return { lookAgainInSeconds: 0 };

  let created: CreatedBatch;
  try {
    created = await deps.provider.createBatch(batchRequest(planned.analysisMode, claimed));
  } catch (error) {
    if (!isProviderError(error)) throw error;
    deps.log.warn('batch_not_created', { batchId: intent.batchId, ...reasonOf(error) });
    return await afterFailure(error, sending, analyses, deps);
  }
  deps.log.info('batch_submitted', {
    batchId: intent.batchId,
    providerBatchId: created.batch_id,
    items: analyses.length,
  });
  await markSubmitted(sending, analyses, created, deps);
  return { lookAgainInSeconds: undefined };
}

const nothingLeft = {
  code: 'nothing_left',
  message: 'each of its analyses went elsewhere before it could be claimed',
};

async function writeIntent(
  { analysisMode }: PlannedBatch,
  { store, newBatchId, now }: SubmitBatchesDeps,
): Promise<Batch> {
  const batchId = newBatchId();
  const intent = await store.intendBatch(
    {
      ...batchKey(batchId),
      kind: 'batch',
      state: 'intended',
      batchId,
      analysisMode,
      intendedAt: now().toISOString(),
    },
    { at: later(now(), CLAIM_SECONDS), by: 'clock' },
  );
  if (!intent) throw new TypeError(`batch id ${batchId} was given before`);
  return intent;
}

/** Each refusal has its way on; whatever is no clear refusal leaves the intent to be settled. */
async function afterFailure(
  error: ProviderError,
  intent: Batch,
  analyses: readonly Analysis[],
  deps: SubmitBatchesDeps,
): Promise<Outlook> {
  const reason = reasonOf(error);
  const half = Math.max(1, Math.ceil(analyses.length / 2));
  switch (verdictOn(error)) {
    case 'refused': {
      const innocent = await blame(analyses, reason, deps);
      await abandon(intent, innocent, { reason, batchCeiling: half }, deps);
      return { lookAgainInSeconds: 0 };
    }
    case 'not-now': {
      await abandon(intent, analyses, { reason }, deps);
      const asked = error instanceof ProviderRefusedError ? error.retryAfterSeconds : undefined;
      const seconds = Math.min(asked ?? PEACE_SECONDS, MAX_PEACE_SECONDS);
      return { lookAgainInSeconds: seconds, keepsStill: true };
    }
    case 'doubt': {
      const isTooSlow = error instanceof ProviderRefusedError && error.status === 504;
      await deps.waitingRoom.move(intent, {
        to: 'intended',
        inSeconds: DOUBT_SECONDS,
        by: 'clock',
        set: { reason, ...(isTooSlow && { ceilingIfAbsent: half }) },
      });
      return { lookAgainInSeconds: DOUBT_SECONDS };
    }
  }
}

/**
 * `refused`: for what is in it, whole. `not-now`: for the key, the plan, a slot or the rate. `doubt`:
 * the batch may exist; a gateway's 503, without a code of the API's, proves nothing either.
 */
function verdictOn(error: ProviderError): 'refused' | 'not-now' | 'doubt' {
  if (!(error instanceof ProviderRefusedError)) return 'doubt';
  if ([400, 404, 409, 413, 422].includes(error.status)) return 'refused';
  if ([401, 402, 403, 429].includes(error.status)) return 'not-now';
  return error.status === 503 && error.providerCode !== 'http_503' ? 'not-now' : 'doubt';
}
