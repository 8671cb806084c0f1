import pMap from 'p-map';
import type { Analysis } from '../../shared/analysis.ts';
import { keepAnswer } from '../../shared/answer.ts';
import type { ArchivedLine } from '../../shared/archive-format.ts';
import { backInQueue } from '../../shared/back-in-queue.ts';
import type { Batch } from '../../shared/batch.ts';
import type { ResultLine } from '../../shared/twelvelabs/schemas.ts';
import { WRITES_AT_ONCE } from '../../shared/waiting-room.ts';
import type { CollectResultsDeps } from './collect-results.ts';
import type { BadLine, Settlement } from './examine-line.ts';

/** Bad lines of one batch that are kept: results may be all wrong, and rows cost money. */
const MAX_QUARANTINED = 1_000;

/** Archives lines as one object, then does what each of them asks for. */
export async function settleLines(
  batch: Batch,
  lines: readonly (Settlement | BadLine)[],
  archiveKey: string,
  deps: CollectResultsDeps,
): Promise<void> {
  const places = await deps.archive.storeLines(
    archiveKey,
    lines.map(({ line }) => line.bytes),
  );
  const placed = lines.flatMap((each, at) => {
    const archived = places[at];
    return archived ? [{ each, archived }] : [];
  });
  await pMap(
    placed,
    async ({ each, archived }) => {
      if ('fate' in each) await settle(batch, each, archived, deps);
      else await quarantine(batch, each, archived, deps);
    },
    { concurrency: WRITES_AT_ONCE },
  );
}

/** Tells the bad lines that are not in quarantine yet: each reading meets those of earlier ones again. */
export async function newBadLines(
  { batchId }: Batch,
  { quarantine: rows }: CollectResultsDeps,
): Promise<(bad: BadLine) => boolean> {
  const known = await rows.known(batchId);
  return ({ sha256 }) => {
    if (known.has(sha256) || known.size >= MAX_QUARANTINED) return false;
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
  const facts = { taskId, archived };
  switch (fate.kind) {
    case 'ready':
      return await keep(analysis, fate.data, line.bytes.length, facts, deps);
    case 'again': {
      const { reason, counted } = fate;
      const set = { ...facts, ...counted, reason, parentBatchId: batch.batchId };
      await waitingRoom.move(analysis, backInQueue(analysis, batch, now(), set));
      return;
    }
    case 'failed':
      await waitingRoom.move(analysis, { to: 'failed', set: { ...facts, reason: fate.reason } });
  }
}

async function keep(
  analysis: Analysis,
  { data, finish_reason, usage }: NonNullable<ResultLine['data']>,
  lineBytes: number,
  facts: Pick<Analysis, 'taskId' | 'archived'>,
  deps: CollectResultsDeps,
): Promise<void> {
  const hasSegments = analysis.analysisMode === 'time_based_metadata';
  // Its rows are written before that of the analysis, which alone tells whether it is still ours.
  if (hasSegments && !(await isRiding(analysis, deps))) return;
  let isOurs = true;
  await keepAnswer(data, analysis, lineBytes, deps.segments, async (result) => {
    const set = {
      ...facts,
      result,
      reason: undefined,
      ...(finish_reason && { finishReason: finish_reason }),
      ...(usage && { usage: usageOf(usage) }),
    };
    isOurs = (await deps.waitingRoom.move(analysis, { to: 'ready', set })) !== undefined;
  });
  // Another collector may have settled the same line: then the same segments are its own.
  if (hasSegments && !isOurs && !(await isRiding(analysis, deps))) {
    await deps.segments.withdraw(analysis);
  }
}

/** Whether the row of an analysis is still about this attempt, settled or not. */
async function isRiding(analysis: Analysis, { store }: CollectResultsDeps): Promise<boolean> {
  const row = await store.read(analysis);
  return row?.kind === 'analysis' && row.customId === analysis.customId;
}

async function quarantine(
  { batchId, providerBatchId }: Batch,
  { line, reason, sha256 }: BadLine,
  archived: ArchivedLine,
  deps: CollectResultsDeps,
): Promise<void> {
  const { offsetBytes, bytes } = line;
  deps.log.error('line_quarantined', { batchId, offsetBytes, reason, sha256 });
  await deps.quarantine.put({
    batchId,
    ...(providerBatchId && { providerBatchId }),
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
