import { brokenIn } from './broken-collections.ts';
import { comparisonTable } from './comparison-table.ts';
import { printProgress, printTable } from './print.ts';
import { runRounds } from './rounds.ts';
import { tookRows } from './took-rows.ts';
import type { CollectorTook, World } from './world.ts';

const workload = { lines: 1_000, textBytes: 100_000 };
const aims = { wallSeconds: [0.14, 0.45] };

/** Our collector beside two others that people write. @returns what was lost or came wrong with ours */
export async function compareCollectors(world: World, rounds: number): Promise<string[]> {
  const entries = await runRounds(
    [
      { name: 'naive', run: () => world.collect('naive-collector', workload) },
      { name: 'SDK + BatchWrite', run: () => world.collect('batch-write-collector', workload) },
      { name: 'ours', run: () => world.collect('our-collector', workload) },
    ],
    rounds,
    (words) => printProgress(`collectors, ${words}`),
  );
  const rows = [
    ...tookRows(aims),
    { title: 'requests to AWS', figure: ({ requests }: CollectorTook) => requests },
    { title: 'MB sent to AWS', figure: ({ sentBytes }: CollectorTook) => sentBytes / 1e6 },
    { title: 'wrong or lost lines', figure: ({ wrong }: CollectorTook) => wrong },
  ];
  printTable(comparisonTable('collectors, 1,000 x 100 KB', entries, rows));
  return brokenIn(entries.at(-1));
}
