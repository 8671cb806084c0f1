import { alignedTable } from '../aligned-table.ts';
import type { Outcome } from '../main.ts';
import { type Life, live } from './live.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { type Blow, waysToStrike } from './struck.ts';

/** Blows after which the next invocation is struck too, everywhere: of the first scenario, deaths only. */
const deaths = ['before', 'after'] as const;

/**
 * Strikes the batcher at every single call that it makes to the outside, in every scenario, and twice
 * in a row at every two calls of a plain batch. There is no chance in it.
 */
export async function runBoundaries(): Promise<Outcome> {
  const broken: string[] = [];
  const rows: (string | number)[][] = [
    ['scenario', 'calls', 'boundaries', 'lives', 'broken', 'longest, min'],
  ];
  for (const scenario of scenarios) {
    const tally = await strikeEverywhere(scenario);
    rows.push(tally.row);
    broken.push(...tally.broken);
    console.log(`${scenario.name}: ${tally.lives} lives`);
  }
  const [plain] = scenarios;
  if (plain) {
    const pairs = await strikeTwice(plain);
    rows.push(pairs.row);
    broken.push(...pairs.broken);
  }
  console.log(`\n${alignedTable(rows)}`);
  return { broken };
}

interface Tally {
  readonly row: (string | number)[];
  readonly lives: number;
  readonly broken: readonly string[];
}

async function strikeEverywhere(scenario: Scenario): Promise<Tally> {
  const calm = await live(scenario, []);
  const places = worthStriking(calm);
  const blows = places.flatMap((at) => waysToStrike.map((how): Blow[] => [{ at, how }]));
  return await strike(scenario.name, scenario, calm, places.length, blows);
}

async function strikeTwice(scenario: Scenario): Promise<Tally> {
  const calm = await live(scenario, []);
  const firsts = worthStriking(calm).flatMap((at) => deaths.map((how): Blow => ({ at, how })));
  const blows: Blow[][] = [];
  for (const first of firsts) {
    const { calls } = await live(scenario, [first]);
    const later = worthStriking({ calls }).filter((at) => at > first.at);
    for (const at of later) for (const how of deaths) blows.push([first, { at, how }]);
  }
  console.log(`${blows.length} pairs of deaths`);
  return await strike('one batch, twice', scenario, calm, firsts.length / 2, blows);
}

async function strike(
  name: string,
  scenario: Scenario,
  calm: Life,
  places: number,
  blows: readonly Blow[][],
): Promise<Tally> {
  const broken = calm.broken.map((words) => `${name}: ${words}`);
  let longest = calm.minutes;
  for (const some of blows) {
    const life = await live(scenario, some);
    longest = Math.max(longest, life.minutes);
    const where = some.map(({ at, how }) => `${how} ${life.calls[at]?.name} (${at})`).join(', ');
    broken.push(...life.broken.map((words) => `${name}, ${where}: ${words}`));
  }
  const row = [name, calm.calls.length, places * 2, blows.length, broken.length, longest];
  return { row, lives: blows.length, broken };
}

/** The places of all calls, but those of an invocation that asked just what the one before it did. */
function worthStriking({ calls }: Pick<Life, 'calls'>): number[] {
  const placed = calls.map((call, at) => ({ ...call, at }));
  const invocations = [...Map.groupBy(placed, ({ invocation }) => invocation).values()];
  const asked = invocations.map((its) => its.map(({ name }) => name).join());
  return invocations
    .filter((_, number) => asked[number] !== asked[number - 1])
    .flatMap((its) => its.map(({ at }) => at));
}
