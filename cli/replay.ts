/** `npm run replay`: writes what batches have settled again, from the archive alone. */
import { createArchive } from '../shared/archive.ts';
import { archivedBatches, type ReplayDeps, replayBatch } from '../shared/replay.ts';
import { createSegmentStore } from '../shared/store/segments.ts';
import { type AskedOf, exitCodeOf, stackOption } from './command.ts';
import { archiveOption, openStore, placesFrom, tableOption } from './stack-access.ts';

const usage = `npm run replay -- [--stack NAME] [--batch ID]

${stackOption}
  --batch ID         only this batch, by its id here
${tableOption}
${archiveOption}

Reads the archived lines of every batch, and writes the rows that they settled: into an empty
table, or over the rows that are there, to the same rows. What the table knows a later state of is
left alone. TwelveLabs is not asked, and nothing is paid. The exit code is 1 when the archive is damaged.`;

const options = {
  table: { type: 'string' },
  archive: { type: 'string' },
  batch: { type: 'string' },
} as const;

process.exitCode = await exitCodeOf({ name: 'replay', usage, options }, main);

/** @returns the exit code */
async function main(asked: AskedOf<typeof options>): Promise<number> {
  const names = await placesFrom(asked, 'table', 'archive');
  const { table, store } = openStore(names.table);
  const archive = createArchive(names.archive);
  const deps = { archive, table, store, segments: createSegmentStore(table) };
  const totals = { batches: 0, restored: 0, newer: 0, damaged: 0 };
  for await (const batchId of asked.batch ? [asked.batch] : archivedBatches(deps)) {
    const { restored, newer, damaged } = await replay(batchId, deps);
    totals.batches += 1;
    totals.restored += restored;
    totals.newer += newer;
    totals.damaged += damaged.length;
  }
  const { batches, restored, newer, damaged } = totals;
  console.log(`${batches} batches: ${restored} rows restored, ${newer} left that are newer`);
  if (damaged > 0) console.error(`${damaged} defects of the archive, named above`);
  return damaged > 0 ? 1 : 0;
}

async function replay(batchId: string, deps: ReplayDeps) {
  const replayed = await replayBatch(batchId, deps);
  const { restored, newer, damaged } = replayed;
  console.log(`batch ${batchId}: ${restored} restored, ${newer} newer`);
  for (const words of damaged) console.error(`  ${words}`);
  return replayed;
}
