import type { CollectResultsDeps } from '../../../functions/collect-results/collect-results.ts';
import { type CollectorWorld, startCollectorWorld } from '../../support/collector-world.ts';
import type { Chance } from './chance.ts';
import { wrongWithReplay } from './check-replay.ts';
import { Oracle } from './oracle.ts';
import { type PlannedReading, planReading, planSubjects } from './plan-case.ts';
import { heardOf } from './stream.ts';
import type { Tally } from './tally.ts';
import { type Received, Tap } from './tap.ts';

/** Puts something wrong in the place of what the collector works with; `provider` is what it would have. */
export type Spoil = (
  world: CollectorWorld,
  provider: CollectResultsDeps['provider'],
) => Partial<CollectResultsDeps>;

/** One batch, read again and again until all is well. @returns what broke, in words */
export async function liveCase(chance: Chance, tally: Tally, spoil?: Spoil): Promise<string[]> {
  const subjects = planSubjects(chance);
  await using world = await startCollectorWorld({
    count: subjects.length,
    fields: (at) => subjects[at]?.fields ?? {},
  });
  const tap = new Tap(world.provider);
  const deps = { provider: tap.provider, ...spoil?.(world, tap.provider) };
  const oracle = new Oracle(world);
  const count = chance.weighted({ 2: 5, 3: 3, 4: 1 });
  for (let number = 0; number < Number(count); number += 1) {
    const isLast = number === Number(count) - 1;
    const reading = planReading(chance, subjects, world.analyses, number, isLast);
    const received = await read(world, tap, reading, deps);
    if (typeof received === 'string') return [`reading ${number}: ${received}`];
    tally.reading(reading, received, heardOf(reading.stream, received.bytes, received.isClean));
    const broken = [
      ...wrongWithDelivery(reading, received),
      ...(await oracle.afterReading(reading, received)),
      ...(isLast ? oracle.atTheEnd() : []),
    ];
    if (broken.length > 0) {
      const where = `reading ${number} (${reading.delivery.name}, ${reading.state.status})`;
      return broken.map((words) => `${where}: ${words}`);
    }
    if (world.batch().state === 'closed') break;
  }
  tally.end(world.table.all());
  return await wrongWithReplay(world);
}

/** One invocation of the collector. @returns what it received, or why there was no reading */
async function read(
  world: CollectorWorld,
  tap: Tap,
  { state, stream, delivery, afterSeconds }: PlannedReading,
  deps: Partial<CollectResultsDeps>,
): Promise<Received | string> {
  const before = world.readings();
  tap.expect(stream.body);
  world.says(state);
  world.results(delivery.send);
  world.letPass(afterSeconds);
  if (before === 0) await world.collect(deps);
  else await world.collectDue(deps);
  // All is taken, and only the webhook is waited for: here it is.
  if (world.batch().collectedAt && world.batch().state === 'active') await world.collect(deps);
  const failed = world.log.lines.find(({ event }) => event === 'collect_failed');
  if (failed) return `the collector failed: ${failed.facts['error']}`;
  const readings = world.readings() - before;
  return readings === 1 ? tap.received : `${readings} readings instead of one`;
}

/** Whether the client said the truth of what the provider sent, and of how it ended. */
function wrongWithDelivery(
  { stream, delivery }: PlannedReading,
  { bytes, isClean, isTrue }: Received,
): string[] {
  if (!isTrue) return ['other bytes came than were sent'];
  if (delivery.end !== 'either' && isClean !== (delivery.end === 'clean'))
    return [`the client calls it ${isClean ? 'whole' : 'broken'}`];
  const isAll = bytes === stream.body.length;
  if (delivery.name.startsWith('whole') && !isAll)
    return [`${bytes} bytes came of ${stream.body.length}`];
  return [];
}
