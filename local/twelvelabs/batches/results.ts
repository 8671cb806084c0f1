import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { simulateAnalysis } from '../simulation/simulate-analysis.ts';
import { type Batch, type BatchItem, itemState } from './batch.ts';

/** The pieces of the first lines are sent this far apart, in real time. */
const PAUSE_MS = 2;
const PAUSED_LINES = 3;

/**
 * The results of a batch as JSON Lines, a line an item, as of a moment.
 *
 * Nasty where nothing is promised: in the order in which items end, without a last newline, and
 * with every line sent in two pieces that part in the middle of a character if it has one of several
 * bytes.
 */
export function resultsStream(batch: Batch, nowMs: number): Readable {
  const items = batch.items.toSorted((a, b) => a.endsAtMs - b.endsAtMs);
  return Readable.from(pieces(batch, items, nowMs));
}

async function* pieces(
  batch: Batch,
  items: readonly BatchItem[],
  nowMs: number,
): AsyncGenerator<Buffer> {
  for (const [index, item] of items.entries()) {
    const line = JSON.stringify(resultBody(batch, item, nowMs));
    const bytes = Buffer.from(index === 0 ? line : `\n${line}`);
    const cut = bytes.findIndex((byte) => byte > 0x7f) + 1 || Math.ceil(bytes.length / 2);
    yield bytes.subarray(0, cut);
    // Written in the same turn, the pieces may leave as one packet and be read as one.
    if (index < PAUSED_LINES) await sleep(PAUSE_MS);
    yield bytes.subarray(cut);
  }
}

function resultBody(batch: Batch, item: BatchItem, nowMs: number): object {
  const { status, error } = itemState(batch, item, nowMs);
  return {
    task_id: item.taskId,
    custom_id: item.customId,
    status,
    ...(status === 'ready' && { data: simulateAnalysis(batch.analysisMode, item) }),
    ...(status === 'failed' && { error }),
  };
}
