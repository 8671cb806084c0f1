import { comparisonTable } from './comparison-table.ts';
import type { Workload } from './content.ts';
import { printProgress, printTable } from './print.ts';
import type { ReaderTook } from './programs/measure-reader.ts';
import { type Entry, runRounds } from './rounds.ts';
import { tookRows } from './took-rows.ts';
import type { World } from './world.ts';

const workloads: readonly Workload[] = [
  { lines: 1_000, textBytes: 100_000 },
  { lines: 100, textBytes: 1_000_000 },
];
const aims = { wallSeconds: [0.5], peakRssMebibytes: [0.4] };

/** Our reader of results beside the official SDK's. @returns what was lost or came wrong with ours */
export async function compareReaders(world: World, rounds: number): Promise<string[]> {
  const broken: string[] = [];
  for (const workload of workloads) {
    const size = `${workload.lines.toLocaleString('en')} x ${workload.textBytes / 1_000} KB`;
    const entries = await runRounds(
      [
        { name: 'SDK', run: () => world.read('sdk-reader', workload) },
        { name: 'ours', run: () => world.read('our-reader', workload) },
      ],
      rounds,
      (words) => printProgress(`readers, ${size}, ${words}`),
    );
    const rows = [
      ...tookRows(aims),
      { title: 'wrong or lost lines', figure: ({ wrong }: ReaderTook) => wrong, aims: [0] },
    ];
    printTable(comparisonTable(`readers, ${size}`, entries, rows));
    broken.push(
      ...wrongOf(entries.at(-1)).map((wrong) => `reader, ${size}: ${wrong} lines wrong or lost`),
    );
  }
  return broken;
}

function wrongOf(ours: Entry<ReaderTook> | undefined): number[] {
  return (ours?.rounds ?? []).map(({ wrong }) => wrong).filter((wrong) => wrong > 0);
}
