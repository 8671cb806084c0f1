import { startBatcherWorld } from '../../support/batcher-world.ts';
import { alignedTable } from '../aligned-table.ts';
import { brokenIn, createsIn } from './world-verdict.ts';

const SIZES = [1, 2, 4, 16, 100];
const AFTERWARDS = 300;
const MOST_MINUTES = 24 * 60;
const deadline = {
  kind: 'answer',
  operation: 'batches.create',
  status: 504,
  code: 'deadline_exceeded',
  body: 'nested',
  times: 1,
} as const;
const limits = { analyzeRequestsPerMinute: 1_000_000, analyzeRequestsPerDay: 1_000_000 };

/** One batch was too slow for the provider: what becomes of the many that are queued afterwards. */
export async function slowFew(): Promise<string[]> {
  console.log(`\nOne 504 for a small batch, then ${AFTERWARDS} analyses`);
  const lives = [];
  for (const size of SIZES) lives.push({ size, ...(await liveOneWorld(size)) });
  console.log(
    alignedTable([
      ['in the batch', 'creates afterwards', 'simulated minutes'],
      ...lives.map(({ size, creates, minutes }) => [String(size), creates, minutes]),
    ]),
  );
  return lives.flatMap(({ size, words }) => words.map((it) => `after a 504 for ${size}: ${it}`));
}

async function liveOneWorld(size: number) {
  await using world = await startBatcherWorld({ limits });
  world.box.faults.set(deadline);
  await world.queue(size);
  await world.submit();
  await world.letEnd(MOST_MINUTES);
  const before = createsIn(world);
  await world.queue(AFTERWARDS, { queuedAt: world.clock.now().toISOString() });
  const minutes = await world.letEnd(MOST_MINUTES);
  return { creates: createsIn(world) - before, minutes, words: brokenIn(world) };
}
