import type { Batch } from '../../../shared/batch.ts';
import type { Scenario } from './scenarios.ts';
import type { Rows, World } from './world.ts';

/** Whether nothing is left to do: all of it has been entered, and every row is final. */
export function isSettled({ ends }: Scenario, { all }: Rows): boolean {
  const wished = Object.entries(ends).filter(([state]) => state.startsWith('video '));
  const videos = all.filter(({ kind }) => kind === 'video').length;
  const isEntered = videos >= wished.reduce((sum, [, count]) => sum + count, 0);
  return isEntered && all.every(({ stage }) => stage === undefined);
}

/** What must not be at the end of a life, in words. */
export async function verdict(scenario: Scenario, world: World): Promise<string[]> {
  const rows = await world.rows();
  const messages = await world.messages();
  const { ledger } = world.box;
  const words = [
    ...wrongEnds(scenario, rows),
    ...wrongSegments(rows),
    ...wrongBatches(world, rows),
  ];
  const expect = (what: string, found: number, expected: number) => {
    if (found !== expected) words.push(`${found} ${what}, not ${expected}`);
  };
  expect('items billed', ledger.billedItems().length, scenario.billed);
  expect('paid twice', ledger.paidTwice().length, 0);
  expect('messages in dead-letter queues', messages.dead, 0);
  const known = rows.all.map((row) => (row.kind === 'video' ? row.assetId : undefined));
  const ready = ledger.assets().filter(({ status }) => status === 'ready');
  const lost = ready.filter(({ assetId }) => !known.includes(assetId)).length;
  expect('assets that no row knows', lost, 0);
  return words;
}

/** Each row has to be final, and as many in each state as the scenario says. */
function wrongEnds({ ends }: Scenario, { all }: Rows): string[] {
  const open = all.filter(({ stage }) => stage !== undefined);
  const words = open.map(
    (row) => `not final: ${row.pk} ${row.sk} is ${row.state}, due ${row.dueAt}`,
  );
  const judged = all.filter(({ kind }) => kind !== 'batch');
  const found = Map.groupBy(judged, ({ kind, state }) => `${kind} ${state}`);
  for (const state of new Set([...Object.keys(ends), ...found.keys()])) {
    const count = found.get(state)?.length ?? 0;
    if (count !== (ends[state] ?? 0)) words.push(`${count} ${state}, not ${ends[state] ?? 0}`);
  }
  return words;
}

/** The segments of an answer are all there, and no others are. */
function wrongSegments({ all, segments }: Rows): string[] {
  const wished = all.flatMap((row) =>
    row.kind === 'analysis' && row.result && 'segmentCount' in row.result
      ? [[row.customId, row.result.segmentCount] as const]
      : [],
  );
  const words = wished.flatMap(([customId, count]) => {
    const found = segments.filter((segment) => segment['customId'] === customId).length;
    return found === count ? [] : [`${found} segments of ${customId}, not ${count}`];
  });
  const strays = segments.filter(({ customId }) => !wished.some(([of]) => of === customId)).length;
  return strays === 0 ? words : [...words, `${strays} segments of no answer`];
}

/** Each batch of the provider is one that we closed. */
function wrongBatches({ box }: World, { all }: Rows): string[] {
  const isClosed = (row: Rows['all'][number]): row is Batch =>
    row.kind === 'batch' && row.state === 'closed';
  const closed = all.filter(isClosed).map(({ providerBatchId }) => providerBatchId);
  return box
    .batches()
    .filter(({ batch_id }) => closed.filter((it) => it === batch_id).length !== 1)
    .map(({ batch_id, status }) => `batch ${batch_id}, ${status}, is not in the table as closed`);
}
