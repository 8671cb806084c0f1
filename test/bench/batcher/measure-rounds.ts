import type { BatcherWorld } from '../../support/batcher-world.ts';
import type { LogLine } from '../../support/fakes.ts';
import { CallCounts } from './call-counts.ts';

/** What it took the batcher to get so many analyses through. */
export interface Measured {
  readonly count: number;
  readonly batches: number;
  readonly creates: number;
  readonly rounds: number;
  readonly minutes: number;
  /** Of the batcher alone, without collect-results. */
  readonly wallMs: number;
  readonly heapBytesBefore: number;
  readonly peakHeapBytes: number;
  /** By name: calls to the provider, the table and the queue. */
  readonly calls: ReadonlyMap<string, number>;
}

const MOST_MINUTES = 24 * 60;
/** The states of an analysis that is under way. */
const OPEN_STATES = ['queued', 'submitting', 'submitted'] as const;

/** A round a minute, until every analysis has its end. */
export async function measureRounds(world: BatcherWorld, count: number): Promise<Measured> {
  const counts = new CallCounts();
  const heapBytesBefore = process.memoryUsage().heapUsed;
  let wallMs = 0;
  let rounds = 0;
  let minutes = 0;
  for (; minutes < MOST_MINUTES && (await isUnderWay(world)); minutes += 1) {
    const asked = world.box.requests.length;
    const beganMs = performance.now();
    await world.submit(counts.around);
    wallMs += performance.now() - beganMs;
    rounds += 1;
    for (const name of world.box.requests.slice(asked)) counts.add(`provider.${name}`, 1);
    await world.letPass(60);
    await world.collect();
    // Kept for tests; not what is measured here.
    (world.log.lines as LogLine[]).length = 0;
  }
  const { calls, peakHeapBytes } = counts;
  const creates = calls.get('provider.batches.create') ?? 0;
  const batches = world.box.batches().length;
  return {
    count,
    batches,
    creates,
    rounds,
    minutes,
    wallMs,
    heapBytesBefore,
    peakHeapBytes,
    calls,
  };
}

async function isUnderWay({ store }: BatcherWorld): Promise<boolean> {
  for (const state of OPEN_STATES) if ((await store.countIn(state, 1)) > 0) return true;
  return false;
}
