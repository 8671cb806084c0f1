import type { BatcherWorld } from '../../support/batcher-world.ts';
import type { Scenario } from './scenarios.ts';
import { type Blow, Struck } from './struck.ts';

/** What a life came to. */
export interface Life {
  /** The calls to the outside that were reached in it. */
  readonly calls: Struck['calls'];
  readonly minutes: number;
  /** What must not be, in words. */
  readonly broken: readonly string[];
}

/** In a day everything is over: the longest wait is half an hour of doubt, after a lease ran out. */
const MOST_MINUTES = 24 * 60;

/** Lives a scenario from its beginning until nothing is left to do, with some invocations struck. */
export async function live(scenario: Scenario, blows: readonly Blow[]): Promise<Life> {
  await using world = await scenario.start();
  const struck = new Struck(world, blows);
  await struck.submit();
  const minutes = await world.letEnd(MOST_MINUTES, () => struck.submit());
  await struck.thaw();
  const later = await world.letEnd(MOST_MINUTES, () => struck.submit());
  const broken = verdict(world, scenario.failing);
  return { calls: struck.calls, minutes: minutes + later, broken };
}

/** What must not be at the end of a world in which `failing` analyses can't become ready. */
export function verdict(world: BatcherWorld, failing: number): string[] {
  const analyses = world.analyses();
  const states = Map.groupBy(analyses, ({ state }) => state);
  const count = (state: string) => states.get(state as never)?.length ?? 0;
  const words: string[] = [];
  if (count('failed') !== failing) words.push(`${count('failed')} failed, not ${failing}`);
  const left = analyses.length - count('ready') - count('failed');
  if (left > 0) words.push(`${left} not final: ${[...states.keys()].join(', ')}`);
  const twice = world.paidTwice().length;
  if (twice > 0) words.push(`${twice} paid twice`);
  const overdue = world.box.batches().length - closed(world);
  if (overdue !== 0)
    words.push(`${overdue} batches of the provider are not in the table as closed`);
  return words;
}

function closed(world: BatcherWorld): number {
  return world.table.all().filter(({ kind, state }) => kind === 'batch' && state === 'closed')
    .length;
}
