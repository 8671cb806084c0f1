import { type Blow, blowsAt, type Call, invocationsOf, placeOf, type Struck } from './calls.ts';
import { type Life, live } from './live.ts';
import type { RecoveryPipeline } from './recovery-pipeline.ts';
import type { Scenario } from './scenarios.ts';

/** What came of many lives. */
export interface Tally {
  /** Of the table that is printed. */
  readonly rows: readonly (string | number)[][];
  /** Those in which somebody died. */
  readonly lives: readonly Life[];
  readonly broken: readonly string[];
}

/** A life without deaths shows what functions do; then each dies in a life of its own wherever it can. */
export async function dieEverywhere(
  pipeline: RecoveryPipeline,
  scenario: Scenario,
  struck: Struck,
): Promise<Tally> {
  const calm = await live(pipeline, scenario);
  const fresh = struck.takeNew(calm.calls);
  const lives: Life[] = [];
  for (const blow of fresh.flatMap(blowsAt)) {
    lives.push(await strike(pipeline, scenario, [blow]));
  }
  const names = [...new Set(calm.calls.map(({ functionName }) => functionName))];
  const rows = names.flatMap((name) => functionRows(name, calm, fresh, lives));
  const total = rowOf(scenario.name, calm, calm.calls, fresh, lives);
  const broken = [calm, ...lives].flatMap((life) => [...missedIn(life), ...brokenIn(life)]);
  return { rows: [total, ...rows], lives, broken };
}

/**
 * A life with these deaths, and a line for whatever broke in it. Requests that run side by side may come
 * in another order: a death that did not come about is tried once more.
 */
export async function strike(
  pipeline: RecoveryPipeline,
  scenario: Scenario,
  blows: readonly Blow[],
): Promise<Life> {
  const first = await live(pipeline, scenario, { blows });
  const isMissed = first.missed.length > 0 && first.broken.length === 0;
  const life = isMissed ? await live(pipeline, scenario, { blows }) : first;
  for (const words of brokenIn(life)) console.log(words);
  return life;
}

/** What broke in a life, and who was to die in it. */
export function brokenIn({ scenario, blows, broken }: Life): string[] {
  const deaths = blows.map(({ at, how }) => `${how} ${placeOf(at)}`);
  const name = [scenario.name, ...deaths].join(', ');
  return broken.map((words) => `${name}: ${words}`);
}

function missedIn({ scenario, missed }: Life): string[] {
  return missed.map(({ at, how }) => `${scenario.name}: nobody died ${how} ${placeOf(at)}`);
}

/** The line of a function; none where all that it does was struck in an earlier scenario. */
function functionRows(name: string, calm: Life, fresh: readonly Call[][], lives: readonly Life[]) {
  const isIts = ({ functionName }: Call) => functionName === name;
  const its = fresh.filter(([first]) => first && isIts(first));
  if (its.length === 0) return [];
  const itsLives = lives.filter(({ blows }) => blows.every(({ at }) => isIts(at)));
  return [rowOf(`  ${name}`, calm, calm.calls.filter(isIts), its, itsLives)];
}

function rowOf(
  name: string,
  calm: Life,
  calls: readonly Call[],
  fresh: readonly Call[][],
  lives: readonly Life[],
): (string | number)[] {
  const boundaries: Blow[] = fresh.flatMap(blowsAt);
  return [
    name,
    invocationsOf(calls).length,
    fresh.length,
    calls.length,
    boundaries.length,
    lives.filter(({ missed }) => missed.length === 0).length,
    lives.filter(({ broken }) => broken.length > 0).length,
    calm.minutes,
    Math.max(0, ...lives.map(({ minutes }) => minutes)),
  ];
}
