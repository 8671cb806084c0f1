import pMap from 'p-map';
import { type Analysis, customIdOf } from '../../shared/analysis.ts';
import type { Batch } from '../../shared/batch.ts';
import { type Profile, profileVersion } from '../../shared/profile.ts';
import { batchKey } from '../../shared/store/keys.ts';
import {
  isProviderError,
  type ProviderError,
  ProviderRefusedError,
  reasonOf,
} from '../../shared/twelvelabs/errors.ts';
import type { CreatedBatch } from '../../shared/twelvelabs/schemas.ts';
import { later, WRITES_AT_ONCE } from '../../shared/waiting-room.ts';
import { batchRequest, type ClaimedAnalysis } from './batch-request.ts';
import { blame } from './blame.ts';
import type { PlannedBatch } from './plan-batches.ts';
import { abandon, DOUBT_SECONDS, markSubmitted } from './settle-intent.ts';
import type { SubmitBatchesDeps } from './submit-batches.ts';

/** Longer than the function may run, plus the provider's own deadline. */
const CLAIM_SECONDS = 900;
const RATE_LIMITED_SECONDS = 60;

/**
 * Sends one planned batch: writes the intent, claims its analyses, sends the request exactly once,
 * and records the answer. Killed anywhere, the intent comes due and is settled from the provider's
 * own list.
 * @returns in how many seconds another round makes sense
 */
export async function submitBatch(
  planned: PlannedBatch,
  deps: SubmitBatchesDeps,
): Promise<number | undefined> {
  const intent = await writeIntent(planned, deps);
  const claimed = await claim(planned, intent, deps);
  if (claimed.length === 0) {
    await abandon(intent, [], { reason: nothingLeft }, deps);
    return undefined;
  }
  const analyses = claimed.map(({ analysis }) => analysis);
  let created: CreatedBatch;
  try {
    created = await deps.provider.createBatch(batchRequest(planned.analysisMode, claimed));
  } catch (error) {
    if (!isProviderError(error)) throw error;
    deps.log.warn('batch_not_created', { batchId: intent.batchId, ...reasonOf(error) });
    return await afterFailure(error, intent, analyses, deps);
  }
  deps.log.info('batch_submitted', {
    batchId: intent.batchId,
    providerBatchId: created.batch_id,
    items: analyses.length,
  });
  await markSubmitted(intent, analyses, created, deps);
  return undefined;
}

const nothingLeft = {
  code: 'nothing_left',
  message: 'each of its analyses went elsewhere before it could be claimed',
};

async function writeIntent(
  { analysisMode, analyses }: PlannedBatch,
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
      itemCount: analyses.length,
      intendedAt: now().toISOString(),
    },
    { at: later(now(), CLAIM_SECONDS), by: 'clock' },
  );
  if (!intent) throw new TypeError(`batch id ${batchId} was given before`);
  return intent;
}

/** Claims each analysis for this batch alone; one that somebody else moved meanwhile is left out. */
async function claim(
  { analyses }: PlannedBatch,
  { batchId }: Batch,
  deps: SubmitBatchesDeps,
): Promise<ClaimedAnalysis[]> {
  const profiles = new Map(deps.profiles.map((profile) => [profile.name, profile]));
  const claims = await pMap(
    analyses,
    async (analysis) => {
      const profile = profiles.get(analysis.profile);
      if (!profile) {
        await deps.waitingRoom.move(analysis, {
          to: 'failed',
          set: { reason: noSuchProfile(analysis) },
        });
        return [];
      }
      const claimed = await claimOne(analysis, profile, batchId, deps);
      return claimed ? [{ analysis: claimed, profile }] : [];
    },
    { concurrency: WRITES_AT_ONCE },
  );
  return claims.flat();
}

async function claimOne(
  analysis: Analysis,
  profile: Profile,
  batchId: string,
  deps: SubmitBatchesDeps,
): Promise<ClaimedAnalysis['analysis'] | undefined> {
  const version = profileVersion(profile);
  const attempt = analysis.attempt + 1;
  const customId = customIdOf(analysis, version, attempt);
  const claimed = await deps.waitingRoom.move(analysis, {
    to: 'submitting',
    inSeconds: CLAIM_SECONDS,
    by: 'clock',
    set: { batchId, customId, attempt, profileVersion: version, reason: undefined },
  });
  return claimed && { ...claimed, customId };
}

function noSuchProfile({ profile }: Analysis) {
  return { code: 'no_such_profile', message: `profiles.json has no profile ${profile} any more` };
}

/** Each refusal has its way on; whatever is no clear refusal leaves the intent to be settled. */
async function afterFailure(
  error: ProviderError,
  intent: Batch,
  analyses: readonly Analysis[],
  deps: SubmitBatchesDeps,
): Promise<number | undefined> {
  const reason = reasonOf(error);
  const half = Math.max(1, Math.ceil(analyses.length / 2));
  const status = error instanceof ProviderRefusedError ? error.status : undefined;
  switch (status) {
    case 400:
    case 404:
    case 409:
    case 413:
    case 422:
      await abandon(
        intent,
        await blame(analyses, reason, deps),
        { reason, batchCeiling: half },
        deps,
      );
      return 0;
    case 401:
    case 402:
    case 403:
    case 429:
    case 503:
      await abandon(intent, analyses, { reason }, deps);
      return error instanceof ProviderRefusedError
        ? (error.retryAfterSeconds ?? RATE_LIMITED_SECONDS)
        : RATE_LIMITED_SECONDS;
    default:
      // The batch may exist. Until it is certain that it does not, its analyses stay claimed.
      await deps.waitingRoom.move(intent, {
        to: 'intended',
        inSeconds: DOUBT_SECONDS,
        by: 'clock',
        set: { reason, ...(status === 504 && { ceilingIfAbsent: half }) },
      });
      return DOUBT_SECONDS;
  }
}
