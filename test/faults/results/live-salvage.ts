import type { Analysis } from '../../../shared/analysis.ts';
import { type BatcherWorld, startBatcherWorld } from '../../support/batcher-world.ts';
import type { Ending } from './endings.ts';

/** Two batches in doubt, each of them over a day late, would not take so long. */
const MOST_MINUTES = 4 * 24 * 60;

/** What became of a batch that ended too early. */
export interface Salvaged {
  readonly done: number;
  readonly ending: Ending;
  /** The status and the items of each batch at the provider, in order. */
  readonly batches: readonly { readonly status: string; readonly items: number }[];
  readonly billed: number;
  readonly cameBack: number;
  /** From the creation of the first batch until nothing was left to do. */
  readonly minutes: number;
  /** What broke, in words. */
  readonly broken: readonly string[];
}

/** One batch of `count` analyses, of which `done` are done when it ends; then the pipeline goes on by itself. */
export async function liveSalvage(count: number, done: number, ending: Ending): Promise<Salvaged> {
  await using world = await startBatcherWorld({
    ...(ending.switches && { switches: ending.switches }),
    timing: ending.timing?.(count) ?? {},
  });
  const left = count - done;
  const [calm, struck] = [await world.newAsset('calm.webm'), await world.newAsset('struck.webm')];
  if (left > 0) ending.strike?.(world, struck, left);
  await world.queue(done, { assetId: calm });
  await world.queue(left, { assetId: struck });
  for (let minute = 0; world.box.batches().length === 0 && minute < 60; minute += 1) {
    if (minute > 0) await world.letPass(60);
    await world.submit();
  }
  const beganMs = world.clock.nowMs();
  await ending.approach(world, left);
  await world.letEnd(MOST_MINUTES);
  const batches = world.box.batches().map(({ status, total_items: items }) => ({ status, items }));
  const broken = verdict(world, count, ending.counts ? left : 0, ending.counts);
  return {
    done,
    ending,
    batches,
    billed: world.box.ledger.billedItems().length,
    cameBack: cameBack(world).length,
    minutes: Math.round((world.clock.nowMs() - beganMs) / 60_000),
    broken: broken.map((words) => `${done} of ${count} done, ${ending.name}: ${words}`),
  };
}

/** @param back how many must have come back, once each */
function verdict(
  world: BatcherWorld,
  count: number,
  back: number,
  counts: Ending['counts'],
): string[] {
  const broken: string[] = [];
  const expect = (what: string, found: number, expected: number) => {
    if (found !== expected) broken.push(`${found} ${what}, not ${expected}`);
  };
  const analyses = world.analyses();
  expect('are ready', analyses.filter(({ state }) => state === 'ready').length, count);
  const { ledger } = world.box;
  expect('are billed', ledger.billedItems().length, count);
  expect('are paid twice', world.paidTwice().length, 0);
  const [first = { total_items: 0 }, ...others] = world.box.batches();
  expect('were in the first batch', first.total_items, count);
  const again = others.reduce((sum, { total_items }) => sum + total_items, 0);
  expect('were sent again', again, back);
  const returned = cameBack(world);
  expect('came back', returned.length, back);
  const firstId = batchIds(world)[0];
  const isNamed = ({ parentBatchId }: Analysis) => parentBatchId === firstId;
  expect('name the batch that they came back from', returned.filter(isNamed).length, back);
  const isCounted = ({ setbacks, notRun = 0 }: Analysis) =>
    setbacks === (counts === 'setbacks' ? 1 : 0) && notRun === (counts === 'notRun' ? 1 : 0);
  expect(`count ${counts} once`, returned.filter(isCounted).length, back);
  const stayed = analyses.filter(({ parentBatchId }) => !parentBatchId);
  const isUntouched = ({ setbacks, notRun, attempt }: Analysis) =>
    setbacks === 0 && !notRun && attempt === 1;
  expect('were done at once', stayed.filter(isUntouched).length, count - back);
  const closed = world.table
    .all()
    .filter(({ kind, state }) => kind === 'batch' && state === 'closed');
  expect('batches are closed', closed.length, 1 + others.length);
  return broken;
}

function cameBack(world: BatcherWorld): Analysis[] {
  return world.analyses().filter(({ parentBatchId }) => parentBatchId);
}

/** Ours, in the order in which they were created. */
function batchIds(world: BatcherWorld): unknown[] {
  const batches = world.table.all().filter(({ kind }) => kind === 'batch');
  return batches.map(({ batchId }) => batchId).toSorted();
}
