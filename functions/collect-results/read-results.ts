import type { Analysis } from '../../shared/analysis.ts';
import { archivePrefix } from '../../shared/archive.ts';
import type { Batch } from '../../shared/batch.ts';
import { type Line, splitLines } from '../../shared/jsonl.ts';
import { archiveRows } from './close-batch.ts';
import type { CollectResultsDeps } from './collect-results.ts';
import { examineLine, type LineAside, type Settlement } from './examine-line.ts';
import { inChunks } from './in-chunks.ts';
import { newToQuarantine, settleLines } from './settle-lines.ts';

/** What one reading of a batch's results found. */
export interface Reading {
  /** False when time ran out before the end. */
  readonly isWhole: boolean;
  /** The lines that nobody can use. */
  readonly badLineCount: number;
  /** What the batch's own lines say, by `custom_id`: the status of each. */
  readonly statuses: ReadonlyMap<string, string>;
  /** How many of them name items whose rows are not in the batch any more. */
  readonly goneCount: number;
  /** How many analyses that are open have no line at all. */
  readonly untoldCount: number;
  /**
   * Analyses that failed, or never ran, by lines that are yet to be believed: another line of the same
   * item may be missing, and say that it is ready.
   */
  readonly setbacks: readonly Settlement[];
  /** Before the names of the archive objects that the reading made. */
  readonly archivePrefix: string;
}

/** Time kept back to settle what was read, and to write down where to go on. */
const RESERVE_MS = 60_000;
/** So much is kept of a line that gives no answer: it holds an error, in words. */
const MAX_SETBACK_BYTES = 16 * 1024;

/**
 * Reads the results of a batch from the beginning and settles what is ready in it, a bounded number of
 * bytes at a time: each answer, and each line that nobody can use, is safe in the archive before a row
 * tells of it. What was read when time runs out, or the stream breaks, stays settled, so that the next
 * reading has less to do.
 */
export async function readResults(
  batch: Batch,
  analyses: readonly Analysis[],
  deps: CollectResultsDeps,
): Promise<Reading> {
  const byId = (chosen: readonly Analysis[]) =>
    new Map(chosen.map((analysis) => [analysis.customId ?? '', analysis]));
  const open = byId(analyses.filter(isOpen));
  const settled = byId(analyses.filter((analysis) => !isOpen(analysis)));
  const statuses = new Map<string, string>();
  const gone = new Set<string>();
  const setbacks = new Map<string, Settlement>();
  const isNew = await newToQuarantine(batch, deps);
  const prefix = `${archivePrefix(batch.batchId)}${deps.newReadingId()}-`;
  let badLineCount = 0;
  const reading = (isWhole: boolean): Reading => ({
    isWhole,
    badLineCount,
    statuses,
    goneCount: gone.size,
    untoldCount: [...open.keys()].filter((customId) => !statuses.has(customId)).length,
    setbacks: [...setbacks.values()],
    archivePrefix: prefix,
  });
  const chunks = inChunks<Settlement | LineAside>(
    ({ line }) => line.bytes.length,
    (lines, number) => settleLines(batch, lines, `${prefix}${number}.jsonl.gz`, deps),
  );

  const take = async (line: Line) => {
    const finding = examineLine(line, { batchId: batch.batchId, open, settled });
    if (finding.kind === 'bad') {
      badLineCount += 1;
      if (isNew(finding.aside)) await chunks.add(finding.aside);
      return;
    }
    const { customId, status } =
      finding.kind === 'settles' ? finding.settlement : { status: 'ready', ...finding };
    statuses.set(customId, status);
    if (!open.has(customId) && !settled.has(customId)) gone.add(customId);
    if (finding.kind === 'unclaimed' && isNew(finding.aside)) await chunks.add(finding.aside);
    if (finding.kind !== 'settles') return;
    const { settlement } = finding;
    if (settlement.fate.kind !== 'ready') setbacks.set(customId, shortened(settlement));
    else {
      open.delete(customId);
      settled.set(customId, settlement.analysis);
      setbacks.delete(customId);
      await chunks.add(settlement);
    }
  };

  const finish = async () => {
    await chunks.finish();
    if (chunks.count() > 0) await archiveRows(batch, deps);
  };

  const outOfTime = new AbortController();
  const timer = setTimeout(() => outOfTime.abort(), deps.remainingMs() - RESERVE_MS);
  try {
    const source = await deps.provider.openResults(batch.providerBatchId ?? '', outOfTime.signal);
    for await (const line of splitLines(source)) await take(line);
    await finish();
    return reading(true);
  } catch (error) {
    await finish();
    if (!outOfTime.signal.aborted) throw error;
    return reading(false);
  } finally {
    clearTimeout(timer);
  }
}

export function isOpen({ state }: Analysis): boolean {
  return state === 'submitting' || state === 'submitted';
}

/** With a copy of what is kept of its line, so that a thousand of them hold no memory. */
function shortened({ line, fate, ...settlement }: Settlement): Settlement {
  const bytes = Buffer.from(line.bytes.subarray(0, MAX_SETBACK_BYTES));
  return { ...settlement, line: { ...line, bytes }, fate: structuredClone(fate) };
}
