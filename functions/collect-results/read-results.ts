import type { Analysis } from '../../shared/analysis.ts';
import { archivePrefix } from '../../shared/archive.ts';
import type { Batch } from '../../shared/batch.ts';
import { splitLines } from '../../shared/jsonl.ts';
import type { CollectResultsDeps } from './collect-results.ts';
import { type BadLine, examineLine, type Settlement } from './examine-line.ts';
import { inChunks } from './in-chunks.ts';
import { newBadLines, settleLines } from './settle-lines.ts';

/** What one reading of a batch's results found. */
export interface Reading {
  /** False when time ran out before the end. */
  readonly isWhole: boolean;
  /** The lines that are not blank, whatever they hold. */
  readonly lineCount: number;
  /** The lines that nobody can use. */
  readonly badLineCount: number;
  /** What the batch's own lines say, by `custom_id`: the status of each. */
  readonly statuses: ReadonlyMap<string, string>;
}

/** Time kept back to settle what was read, and to write down where to go on. */
const RESERVE_MS = 60_000;

/**
 * Reads the results of a batch from the beginning and settles what they settle, a bounded number of
 * bytes at a time: each line that settles something, and each that nobody can use, is safe in the
 * archive before a row tells of it. What was read when time runs out, or the stream breaks, stays
 * settled, so that the next reading has less to do.
 *
 * That an analysis failed is believed only at the end, when no line of it turned out to be ready.
 */
export async function readResults(
  batch: Batch,
  analyses: ReadonlyMap<string, Analysis>,
  deps: CollectResultsDeps,
): Promise<Reading> {
  const open = new Map(analyses);
  const statuses = new Map<string, string>();
  const setbacks = new Map<string, Settlement>();
  const isNew = await newBadLines(batch, deps);
  let lineCount = 0;
  let badLineCount = 0;
  const readingId = deps.newReadingId();
  const chunks = inChunks<Settlement | BadLine>(
    ({ line }) => line.bytes.length,
    (lines, number) => {
      const archiveKey = `${archivePrefix(batch.batchId)}${readingId}-${number}.jsonl.gz`;
      return settleLines(batch, lines, archiveKey, deps);
    },
  );
  const outOfTime = new AbortController();
  const timer = setTimeout(() => outOfTime.abort(), deps.remainingMs() - RESERVE_MS);
  try {
    const source = await deps.provider.openResults(batch.providerBatchId ?? '', outOfTime.signal);
    for await (const line of splitLines(source)) {
      lineCount += 1;
      const finding = examineLine(line, { batch, open });
      if (finding.kind === 'bad') {
        badLineCount += 1;
        if (isNew(finding.bad)) await chunks.add(finding.bad);
        continue;
      }
      const { customId, status } = finding.kind === 'known' ? finding : finding.settlement;
      statuses.set(customId, status);
      if (finding.kind === 'known') continue;
      if (finding.settlement.fate.kind !== 'ready') setbacks.set(customId, finding.settlement);
      else {
        await chunks.add(finding.settlement);
        setbacks.delete(customId);
        open.delete(customId);
      }
    }
    for (const settlement of setbacks.values()) await chunks.add(settlement);
    await chunks.finish();
    return { isWhole: true, lineCount, badLineCount, statuses };
  } catch (error) {
    await chunks.finish();
    if (!outOfTime.signal.aborted) throw error;
    return { isWhole: false, lineCount, badLineCount, statuses };
  } finally {
    clearTimeout(timer);
  }
}
