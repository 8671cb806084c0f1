import pMap from 'p-map';
import { about, subjectOf } from '../../shared/about.ts';
import type { Analysis } from '../../shared/analysis.ts';
import { keepAnswer } from '../../shared/answer.ts';
import type { ArchivedLine } from '../../shared/archive-format.ts';
import { backInQueue } from '../../shared/back-in-queue.ts';
import type { Batch } from '../../shared/batch.ts';
import { messageOf } from '../../shared/errors.ts';
import type { ResultLine } from '../../shared/twelvelabs/schemas.ts';
import { WRITES_AT_ONCE } from '../../shared/waiting-room.ts';
import type { CollectResultsDeps } from './collect-results.ts';
import type { LineAside, Settlement } from './examine-line.ts';

/** Bad lines of one batch that are kept aside: results may be all wrong, and rows cost money. */
const MAX_QUARANTINED = 1_000;

/**
 * Archives lines as one object, then does what each of them asks for. An analysis that can't be
 * settled is left open, and stops no other. @throws when a line can't be put aside: nothing else of
 * it stays open
 */
export async function settleLines(
  batch: Batch,
  lines: readonly (Settlement | LineAside)[],
  archiveKey: string,
  deps: CollectResultsDeps,
): Promise<void> {
  if (lines.length === 0) return;
  const bytes = lines.map(({ line }) => line.bytes);
  const places = await deps.archive.storeLines(archiveKey, bytes);
  await pMap(
    lines,
    async (each, at) => {
      const archived = places[at];
      if (!archived) throw new TypeError(`${archiveKey} has no place for line ${at}`);
      if (!('fate' in each)) return await quarantine(batch, each, archived, deps);
      await about(subjectOf(each.analysis), async () => {
        try {
          await settle(batch, each, archived, deps);
        } catch (error) {
          deps.log.error('line_not_settled', { ...archived, error: messageOf(error) });
        }
      });
    },
    { concurrency: WRITES_AT_ONCE },
  );
}

/** Tells the lines that are not in quarantine yet: each reading meets those of earlier ones again. */
export async function newToQuarantine(
  { batchId }: Batch,
  { quarantine: rows, log }: CollectResultsDeps,
): Promise<(aside: LineAside) => boolean> {
  const known = await rows.known(batchId);
  let isFull = false;
  return ({ sha256, line, isAnswer }) => {
    if (known.has(sha256)) return false;
    // Answers are as many as there are items, and paid.
    if (known.size >= MAX_QUARANTINED && !isAnswer) {
      if (!isFull) log.error('quarantine_full', { batchId, offsetBytes: line.offsetBytes });
      isFull = true;
      return false;
    }
    known.add(sha256);
    return true;
  };
}

async function settle(
  batch: Batch,
  { analysis, fate, taskId, line }: Settlement,
  archived: ArchivedLine,
  deps: CollectResultsDeps,
): Promise<void> {
  const { waitingRoom, now } = deps;
  const facts = { ...(taskId !== undefined && { taskId }), archived };
  switch (fate.kind) {
    case 'ready':
      return await keep(analysis, fate.data, line.bytes.length, facts, deps);
    case 'again': {
      const { reason, counted } = fate;
      const set = { ...facts, ...counted, reason, parentBatchId: batch.batchId };
      await waitingRoom.move(analysis, backInQueue(analysis, batch, now(), set));
      return;
    }
    case 'failed': {
      const set = { ...facts, reason: fate.reason };
      const failed = await waitingRoom.move(analysis, { to: 'failed', set });
      // Whatever an older answer left must not look like this one's.
      if (failed && hasSegments(analysis)) await deps.segments.replace(analysis, []);
    }
  }
}

async function keep(
  analysis: Analysis,
  { data, finish_reason, usage }: NonNullable<ResultLine['data']>,
  lineBytes: number,
  facts: Partial<Pick<Analysis, 'taskId' | 'archived'>>,
  deps: CollectResultsDeps,
): Promise<void> {
  // Its rows are written before that of the analysis, which alone tells whether it is still ours.
  if (hasSegments(analysis) && !(await isSameAttempt(analysis, deps))) return;
  const moved = await keepAnswer(data, analysis, lineBytes, deps.segments, async (result) => {
    const set = {
      ...facts,
      result,
      reason: undefined,
      ...(finish_reason && { finishReason: finish_reason }),
      ...(usage && { usage: usageOf(usage) }),
    };
    return await deps.waitingRoom.move(analysis, { to: 'ready', set });
  });
  // Another collector may have settled the same line: then the same segments are its own.
  if (hasSegments(analysis) && !moved && !(await isSameAttempt(analysis, deps))) {
    await deps.segments.withdraw(analysis);
  }
}

function hasSegments({ analysisMode }: Analysis): boolean {
  return analysisMode === 'time_based_metadata';
}

/** Whether the row of an analysis is still about this attempt, settled or not. */
async function isSameAttempt(analysis: Analysis, { store }: CollectResultsDeps): Promise<boolean> {
  const row = await store.read(analysis);
  return row?.kind === 'analysis' && row.customId === analysis.customId;
}

async function quarantine(
  { batchId }: Batch,
  { line, reason, sha256 }: LineAside,
  archived: ArchivedLine,
  deps: CollectResultsDeps,
): Promise<void> {
  const { offsetBytes, bytes } = line;
  deps.log.error('line_quarantined', { batchId, offsetBytes, reason, sha256 });
  await deps.quarantine.put({
    batchId,
    offsetBytes,
    lengthBytes: bytes.length,
    sha256,
    reason,
    archived,
    at: deps.now(),
  });
}

function usageOf({
  input_tokens,
  output_tokens,
}: NonNullable<NonNullable<ResultLine['data']>['usage']>) {
  return {
    outputTokens: output_tokens ?? 0,
    ...(typeof input_tokens === 'number' && { inputTokens: input_tokens }),
  };
}
