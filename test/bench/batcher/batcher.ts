import { brokenIn } from '../../faults/batcher/world-verdict.ts';
import { startBatcherWorld } from '../../support/batcher-world.ts';
import type { Outcome } from '../main.ts';
import { type Measured, measureRounds } from './measure-rounds.ts';
import { reportTable } from './report.ts';

const COUNTS = [100, 10_000, 100_000];
/** A batch takes some minutes, whatever is in it. */
const timing = { itemMinMs: 150_000, itemSpreadMs: 60_000, itemMaxMs: 240_000 };
/** No rate but the slots holds the batcher back. */
const limits = { analyzeRequestsPerDay: 1_000_000 };

/** How the batcher's calls, time and memory grow with what waits. */
export async function benchBatcher(): Promise<Outcome> {
  const beganMs = performance.now();
  const all: Measured[] = [];
  const broken: string[] = [];
  for (const count of COUNTS) {
    print(`${count.toLocaleString('en')} analyses …`);
    await using world = await startBatcherWorld({ timing, limits });
    await world.queue(count);
    all.push(await measureRounds(world, count));
    broken.push(...brokenIn(world).map((words) => `${count} analyses: ${words}`));
  }
  print(`\n${reportTable(all)}`);
  print(`\nTook ${Math.round((performance.now() - beganMs) / 1000)} s.`);
  return { broken };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
