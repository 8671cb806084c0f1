import { isFinal } from '../../../shared/lifecycle.ts';
import { createTable } from '../../../shared/store/table.ts';
import { functionBundles } from '../../support/function-bundles.ts';
import type { Outcome } from '../main.ts';
import { removable } from '../removable-folder.ts';
import { printProgress, printTable } from '../results/print.ts';
import { heavyLoads } from './heavy-loads.ts';
import { type HeavyPipeline, startHeavyPipeline } from './heavy-pipeline.ts';
import { type Measured, memoryTable, peakBytes, shareUsed } from './memory-table.ts';
import { readingsIn } from './readings.ts';

/** Simulated time that a load may take. */
const MOST_MINUTES = 180;
/** Who needs more of his memory is a bad day away from having too little. */
const MOST_SHARE = 0.8;

const EXPLANATION = `Peak: of any process of the function, Node included.
Enough: the least multiple of 64 MB of which the peak takes no more than 60 %.
$/M: a million such invocations (ARM, us-east-1), were a core of this machine a vCPU and the
emulators as quick as AWS: only their order tells something.`;

/** How much memory each function needs when it has most to do, and what other sizes would cost. */
export async function benchMemory(): Promise<Outcome> {
  const beganMs = performance.now();
  await using folder = await removable('reelbatch-memory-');
  printProgress('bundling the functions');
  await using heavy = await startHeavyPipeline(folder.path);
  const broken: string[] = [];
  for (const { words, begin } of heavyLoads) {
    printProgress(words);
    await begin(heavy);
    const left = await untilNothingWaits(heavy);
    if (left > 0) broken.push(`${words}: ${left} rows still wait after ${MOST_MINUTES} minutes`);
  }
  const all = await measured(folder.path, heavy.assemblyDirectory);
  const sizes = heavy.box.batches().map(({ total_items }) => total_items);
  printTable(memoryTable(all));
  printTable(`${EXPLANATION}\nLargest batch: ${Math.max(0, ...sizes)} items.`);
  printTable(`Took ${Math.round((performance.now() - beganMs) / 1000)} s.`);
  return { broken: [...broken, ...tooTight(all)] };
}

async function measured(folder: string, assemblyDirectory: string): Promise<Measured[]> {
  const readings = await readingsIn(folder);
  const bundles = await functionBundles(assemblyDirectory);
  return bundles.map(({ folder: name, memoryMegabytes }) => {
    const noted = readings.get(name);
    if (!noted) throw new Error(`${name} was never called`);
    return { folder: name, memoryMegabytes, readings: noted };
  });
}

function tooTight(all: readonly Measured[]): string[] {
  const tight = all.filter((each) => shareUsed(each) > MOST_SHARE);
  return tight.map((each) => {
    const took = Math.round(peakBytes(each) / 1024 ** 2);
    const limit = `${MOST_SHARE * 100} %`;
    return `${each.folder} took ${took} of its ${each.memoryMegabytes} MB, over ${limit}`;
  });
}

/** Lets time pass, a minute at a time. @returns how many rows are not final after all that time */
async function untilNothingWaits({ pipeline }: HeavyPipeline): Promise<number> {
  const table = createTable(pipeline.tableName, pipeline.table);
  for (let minute = 0; ; minute++) {
    await pipeline.cloud.letTimePass(60_000);
    const waiting = await countWaiting(table);
    if (waiting === 0 || minute === MOST_MINUTES) return waiting;
  }
}

async function countWaiting(table: ReturnType<typeof createTable>): Promise<number> {
  let waiting = 0;
  let page = await table.page(undefined);
  for (;;) {
    waiting += page.items.filter(({ kind, state }) => isWaiting(kind, state)).length;
    if (!page.next) return waiting;
    page = await table.page(page.next);
  }
}

function isWaiting(kind: unknown, state: unknown): boolean {
  return (kind === 'video' || kind === 'analysis') && !isFinal(kind, String(state));
}
