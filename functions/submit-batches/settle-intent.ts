import pMap from 'p-map';
import type { Analysis } from '../../shared/analysis.ts';
import { type Batch, batchRowMissing } from '../../shared/batch.ts';
import { batchKey } from '../../shared/store/keys.ts';
import { secondsSince, WRITES_AT_ONCE } from '../../shared/waiting-room.ts';
import { CLAIM_SECONDS } from './claim-analyses.ts';
import { findBatch } from './find-batch.ts';
import { abandon, freeAnalyses, markSubmitted, submitted } from './record-outcome.ts';
import type { SubmitBatchesDeps } from './submit-batches.ts';

/** How often a batch that may exist is looked for. */
export const DOUBT_SECONDS = 120;
/**
 * How long after it was sent a batch that no answer told of may still turn up in the list: fifteen
 * times as long as we wait for the answer, and well over what a gateway in between waits.
 */
export const CERTAIN_SECONDS = 1_800;
/** As long after an answer by which it was not created: the provider's own word, checked by looks. */
export const DENIED_CERTAIN_SECONDS = 900;

/** How often an analysis comes to nothing alone before it ends: while others go, and while none do. */
const MAX_LOST = 5;
const MAX_LOST_WHILE_NONE_GO = 48;

/** A request that came to nothing. */
export interface LostRequest {
  readonly items: number;
  readonly batchId: string;
  /** The search that its analyses were in. */
  readonly search: string | undefined;
  /** They are suspects now. */
  readonly hasSuspects: boolean;
}

/**
 * Settles an intent whose outcome is not known: adopts the provider's batch, or frees the claims once
 * it is certain that there is none. docs/decisions/0011 argues why nothing is paid twice by that.
 * @param othersGo whether the provider took another batch since one came to nothing
 * @returns the request, if it came to nothing
 */
export async function settleIntent(
  intent: Batch,
  othersGo: boolean,
  deps: SubmitBatchesDeps,
): Promise<LostRequest | undefined> {
  const analyses = (await deps.store.analysesOf(intent.batchId)).filter(isSubmitting);
  if (!intent.sentAt) {
    await abandon(intent, analyses, { reason: neverSent }, deps);
    return undefined;
  }
  const search = await findBatch(intent, analyses, deps);
  if ('found' in search) {
    const { found } = search;
    deps.log.info('batch_adopted', { batchId: intent.batchId, providerBatchId: found.batch_id });
    await markSubmitted(intent, analyses, found, deps);
    return undefined;
  }
  const now = deps.now();
  const absentSince = 'unknown' in search ? undefined : (intent.absentSince ?? now.toISOString());
  if (!isCertain({ ...intent, absentSince }, now)) {
    const reason = 'unknown' in search ? search.unknown : intent.reason;
    const set = { reason, absentSince };
    await deps.waitingRoom.move(intent, {
      to: 'intended',
      inSeconds: DOUBT_SECONDS,
      by: 'clock',
      set,
    });
    return undefined;
  }
  const disowned = await deps.waitingRoom.move(intent, {
    to: 'disowned',
    inSeconds: DOUBT_SECONDS,
    by: 'clock',
    set: { reason: neverCreated },
  });
  return disowned && (await afterLoss(disowned, analyses, othersGo, deps));
}

/**
 * Once may be chance. What came to nothing twice may do so for one in it: all are suspects, to be
 * tried by halves. One that came to nothing alone, again and again while others go, is that one.
 */
async function afterLoss(
  disowned: Batch,
  analyses: readonly Analysis[],
  othersGo: boolean,
  deps: SubmitBatchesDeps,
): Promise<LostRequest> {
  const { batchId } = disowned;
  const [first] = analyses;
  const lost = 1 + (first?.lost ?? 0);
  if (first && analyses.length === 1 && lost > (othersGo ? MAX_LOST : MAX_LOST_WHILE_NONE_GO)) {
    const message = `sent alone ${lost} times, and the provider made no batch of it`;
    const reason = { code: 'never_created', message };
    await deps.waitingRoom.move(first, { to: 'failed', set: { reason, isSuspect: undefined } });
    return { items: 1, batchId, search: first.refusedIn, hasSuspects: false };
  }
  const hasSuspects = analyses.some(({ lost: before }) => before !== undefined);
  const marks = hasSuspects ? { refusedIn: batchId, isSuspect: true } : {};
  await freeAnalyses(analyses, disowned, deps, ({ lost: before = 0 }) => {
    return { reason: neverCreated, lost: before + 1, ...marks };
  });
  return { items: analyses.length, batchId, search: first?.refusedIn, hasSuspects };
}

/** Two looks or more have shown none, with time between them, and the last of them just now. */
function isCertain(
  {
    absentSince,
    certainAt,
    intendedAt,
  }: Pick<Batch, 'certainAt' | 'intendedAt'> & {
    readonly absentSince: string | undefined;
  },
  now: Date,
): boolean {
  if (absentSince === undefined || secondsSince(certainAt ?? intendedAt, now) < 0) return false;
  return secondsSince(absentSince, now) >= DOUBT_SECONDS;
}

const neverSent = {
  code: 'never_sent',
  message: 'the function ended before the request was sent',
};
/** What a row says of a request that came to nothing. */
export const neverCreated = {
  code: 'never_created',
  message: 'the provider has no batch with its items',
};

/** Claimed analyses of one batch whose own due time came: they do what their batch did. */
export async function followBatch(
  batchId: string,
  analyses: readonly Analysis[],
  deps: SubmitBatchesDeps,
): Promise<void> {
  const row = await deps.store.read(batchKey(batchId));
  const { waitingRoom } = deps;
  const each = async (follow: (analysis: Analysis) => Promise<unknown>) => {
    await pMap(analyses, follow, { concurrency: WRITES_AT_ONCE });
  };
  if (row?.kind !== 'batch') {
    // Intents are written before claims and never deleted by us: whether it was sent, nobody knows.
    const reason = batchRowMissing(batchId);
    await each((analysis) => waitingRoom.move(analysis, { to: 'failed', set: { reason } }));
  } else if (row.state === 'abandoned' || row.state === 'disowned') {
    const { reason } = row;
    await freeAnalyses(analyses, row, deps, () => ({ reason }));
  } else if (row.state === 'intended') {
    // It takes them along when it is settled.
    const later = { to: 'submitting', inSeconds: CLAIM_SECONDS, by: 'clock' } as const;
    await each((analysis) => waitingRoom.move(analysis, later));
  } else {
    await each((analysis) => submitted(analysis, row, deps));
  }
}

export function isSubmitting({ state }: Analysis): boolean {
  return state === 'submitting';
}
