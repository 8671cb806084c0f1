import type { Outcome } from '../main.ts';
import { bundlePrograms } from './bundle.ts';
import { compareCollectors } from './collectors.ts';
import { compareGrowth } from './growth.ts';
import { compareReaders } from './readers.ts';
import { World } from './world.ts';

/** Each part tells what was lost or came wrong with us. */
const parts = [compareReaders, compareCollectors, compareGrowth];

/**
 * What it takes to get results from the provider into the table, beside what others would write. All
 * run in turn on one machine, each run in a process of its own: the ratios are what counts.
 */
export async function benchResults(rounds: number): Promise<Outcome> {
  const beganMs = performance.now();
  await using bundles = await bundlePrograms();
  const broken: string[] = [];
  for (const compare of parts) {
    await using world = await World.start(bundles);
    broken.push(...(await compare(world, rounds)));
  }
  process.stdout.write(`Took ${Math.round((performance.now() - beganMs) / 1000)} s.\n`);
  return { broken };
}
