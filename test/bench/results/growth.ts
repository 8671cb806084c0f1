import { brokenIn } from './broken-collections.ts';
import { comparisonTable } from './comparison-table.ts';
import { printProgress, printTable } from './print.ts';
import { runRounds } from './rounds.ts';
import { tookRows } from './took-rows.ts';
import type { World } from './world.ts';

/** The second is four times what the provider puts into a batch: only growth can be seen by it. */
const lineCounts = [1_000, 4_000];
const textBytes = 100_000;
const aims = { peakRssMebibytes: [1.2] };

/** How our collector grows with the lines. @returns what was lost or came wrong */
export async function compareGrowth(world: World, rounds: number): Promise<string[]> {
  const entries = await runRounds(
    lineCounts.map((lines) => ({
      name: `${lines.toLocaleString('en')} lines`,
      run: () => world.collect('our-collector', { lines, textBytes }),
    })),
    rounds,
    (words) => printProgress(`our collector, ${words}`),
  );
  printTable(comparisonTable('our collector, 100 KB a line', entries, tookRows(aims)));
  return entries.flatMap(brokenIn);
}
