import type { FaultInput } from '../../../local/twelvelabs/faults/fault.ts';
import { startBatcherWorld } from '../../support/batcher-world.ts';
import { alignedTable } from '../aligned-table.ts';
import { brokenIn, createsIn } from './world-verdict.ts';

const SILENT_MINUTES = 10;
const MOST_MINUTES = 24 * 60;
const list = { kind: 'answer', operation: 'batches.list' } as const;
const silences = [
  { name: '429', fault: { ...list, status: 429 } },
  { name: '503 page', fault: { ...list, status: 503, body: 'html' } },
  { name: 'no answer', fault: { operation: 'batches.list', kind: 'lose-reply' } },
] as const satisfies readonly { name: string; fault: FaultInput }[];

/** Ten minutes without the list of batches: nothing is sent blindly, and then all goes on by itself. */
export async function silentList(): Promise<string[]> {
  console.log(`\n${SILENT_MINUTES} minutes without the list of batches`);
  const lives = [];
  for (const { name, fault } of silences) lives.push({ name, ...(await liveOneWorld(fault)) });
  console.log(
    alignedTable([
      ['list', 'creates before', 'meanwhile', 'minutes until the next', 'until all was over'],
      ...lives.map((it) => [it.name, it.before, it.meanwhile, it.resumedAfter, it.overAfter]),
    ]),
  );
  return lives.flatMap(({ name, words }) => words.map((each) => `list silent (${name}): ${each}`));
}

async function liveOneWorld(fault: FaultInput) {
  await using world = await startBatcherWorld({ batching: { maxRequests: 10 } });
  // One batch is in doubt when the list falls silent.
  world.box.faults.set({ kind: 'lose-reply', operation: 'batches.create', skip: 1, times: 1 });
  await world.queue(30);
  await world.submit();
  const faultId = world.box.faults.set(fault);
  await world.queue(25);
  const before = createsIn(world);
  const minute = async () => {
    await world.letPass(60);
    await world.submit();
    await world.collect();
  };
  for (let minutes = 0; minutes < SILENT_MINUTES; minutes += 1) await minute();
  const meanwhile = createsIn(world) - before;

  world.box.faults.end(faultId);
  let resumedAfter = 0;
  while (createsIn(world) === before + meanwhile && resumedAfter < MOST_MINUTES) {
    await minute();
    resumedAfter += 1;
  }
  const overAfter = resumedAfter + (await world.letEnd(MOST_MINUTES));
  const words = brokenIn(world);
  if (meanwhile > 0) words.push(`${meanwhile} batches were sent blindly`);
  if (resumedAfter >= MOST_MINUTES) words.push('nothing was sent any more');
  return { before, meanwhile, resumedAfter, overAfter, words };
}
