import pMap from 'p-map';
import type { Analysis } from '../../shared/analysis.ts';
import type { Batch } from '../../shared/batch.ts';
import {
  isProviderError,
  type ProviderRefusedError,
  reasonOf,
} from '../../shared/twelvelabs/errors.ts';
import type { Reason } from '../../shared/video.ts';
import { type Step, WRITES_AT_ONCE } from '../../shared/waiting-room.ts';
import { type Blame, blame } from './blame.ts';
import { anotherAccount, isOurAccount } from './our-account.ts';
import type { Outcome } from './outcome.ts';
import { abandon, abandonAlone, freeAnalyses } from './record-outcome.ts';
import type { SubmitBatchesDeps } from './submit-batches.ts';

/** How long an asset that is not ready is left alone, twice as long each time, and how often. */
const NOT_READY_SECONDS = 300;
const MOST_NOT_READY_SECONDS = 3_600;
const MAX_UNREADY = 12;
/** How often "exists but is not ready" is believed of an asset that shows itself as ready. */
const MAX_DENIED_READY = 4;

/**
 * A batch was refused for what is in it. Sets aside those that are to blame as far as that can be
 * told, and frees the others; else all of them are suspects, to be tried by halves.
 */
export async function afterRefusal(
  { error, isStubborn }: { readonly error: ProviderRefusedError; readonly isStubborn: boolean },
  intent: Batch,
  analyses: readonly Analysis[],
  deps: SubmitBatchesDeps,
): Promise<Outcome> {
  const reason = reasonOf(error);
  // The assets were looked at when the search began.
  const isSearch = analyses.length > 1 && analyses.every(({ isSuspect }) => isSuspect);
  const known = isSearch ? nothingKnown : await blame(analyses, error, deps.provider);
  const other =
    (await otherCause(analyses, known, deps)) ??
    (isStubborn || !isOfGateway(error, analyses, known) ? undefined : reason);
  if (other) {
    const freed = await abandon(intent, analyses, { reason: other }, deps);
    return { kind: 'not-now', mayBeSlots: false, asked: undefined, freed };
  }
  if (!(await abandonAlone(intent, reason, deps))) return { kind: 'nothing-left', freed: [] };
  const culprits = await setAsideCulprits(known, reason, deps);
  const rest = analyses.filter((analysis) => !culprits.has(analysis));
  const [only] = rest;
  if (only && analyses.length === 1) return await afterRefusedAlone(only, error, deps);

  const { batchId: refusedIn } = intent;
  const suspects = culprits.size > 0 ? [] : suspectsAmong(rest, known);
  const freed = await freeAnalyses(rest, intent, deps, (analysis) => ({
    reason,
    refusedIn,
    isSuspect: suspects.includes(analysis) || undefined,
  }));
  return { kind: 'refused', batchId: refusedIn, hasSuspects: suspects.length > 0, freed };
}

const nothingKnown: Blame = { failed: [], unready: [], named: [], unseen: [], seen: undefined };

/** What was refused may not be what is in the batch, but whose account it is. */
async function otherCause(
  analyses: readonly Analysis[],
  { seen }: Blame,
  deps: SubmitBatchesDeps,
): Promise<Reason | undefined> {
  try {
    if (seen === 0 && (await isOurAccount(analyses, deps)) === 'no') return anotherAccount;
  } catch (unknown) {
    if (!isProviderError(unknown)) throw unknown;
    return reasonOf(unknown);
  }
  return undefined;
}

/** A 404 without the API's words, though every asset is there: the path was not found, it seems. */
function isOfGateway(
  { status, providerCode }: ProviderRefusedError,
  analyses: readonly Analysis[],
  { seen }: Blame,
): boolean {
  return status === 404 && providerCode === 'http_404' && seen === analyses.length;
}

/**
 * Those whom the provider names, or whose assets it does not show, if it is asked for the first time:
 * its words and lists may be no help.
 */
function suspectsAmong(rest: readonly Analysis[], { named, unseen }: Blame): readonly Analysis[] {
  const isFirst = rest.every(({ refusedIn }) => refusedIn === undefined);
  const told = [...new Set([...named, ...unseen])];
  return isFirst && told.length > 0 ? told : rest;
}

async function setAsideCulprits(
  { failed, unready }: Blame,
  refusal: Reason,
  { waitingRoom }: SubmitBatchesDeps,
): Promise<ReadonlySet<Analysis>> {
  const fates = [
    ...failed.map(({ analysis, reason }) => [analysis, endedFor(reason)] as const),
    ...unready.map((it) => [it, untilReady(it, refusal, MAX_UNREADY)] as const),
  ];
  await pMap(fates, ([analysis, step]) => waitingRoom.move(analysis, step), {
    concurrency: WRITES_AT_ONCE,
  });
  return new Set(fates.map(([analysis]) => analysis));
}

function endedFor(reason: Reason): Step<Analysis> {
  return { to: 'failed', set: { reason, isSuspect: undefined } };
}

function untilReady(
  { unready: before = 0 }: Analysis,
  reason: Reason,
  most: number,
): Step<Analysis> {
  const unready = before + 1;
  if (unready > most) return endedFor(reason);
  const inSeconds = Math.min(MOST_NOT_READY_SECONDS, NOT_READY_SECONDS * 2 ** before);
  const cleared = { isSuspect: undefined, batchId: undefined, customId: undefined };
  return { to: 'queued', inSeconds, by: 'clock', set: { ...cleared, reason, unready } };
}

/** Refused with nobody beside it: it is to blame itself, or its profile is. */
async function afterRefusedAlone(
  analysis: Analysis,
  error: ProviderRefusedError,
  { waitingRoom }: SubmitBatchesDeps,
): Promise<Outcome> {
  const reason = reasonOf(error);
  const isNotReady = error.status === 409;
  const step = isNotReady ? untilReady(analysis, reason, MAX_DENIED_READY) : endedFor(reason);
  await waitingRoom.move(analysis, step);
  const isAboutItsAsset = [403, 404, 409].includes(error.status);
  return { kind: 'refused-alone', analysis, isAboutItsAsset, reason: reason.message, freed: [] };
}
