import type { SeededDice } from '../seeded-dice.ts';
import { type Blow, blowsAt, invocationsOf, placeOf, type Struck } from './calls.ts';
import type { Life } from './live.ts';
import type { RecoveryPipeline } from './recovery-pipeline.ts';
import { brokenIn, strike, type Tally } from './single-deaths.ts';

const TWICE = 40;
const THRICE = 20;

/** A life that was lived, and one more death in it. */
interface Sequel {
  readonly life: Life;
  readonly blow: Blow;
}

/**
 * Lives in which somebody dies again after a first death: first of all in what nobody did in a calm
 * life, as those who rescue do. Chance chooses among the boundaries, and draws a third death too.
 */
export async function dieAgain(
  pipeline: RecoveryPipeline,
  firstDeaths: readonly Life[],
  struck: Struck,
  dice: SeededDice,
): Promise<Tally> {
  const order = dice.shuffled(firstDeaths, 'order');
  const rescues = order.flatMap((life) => sequelsOf(life, struck));
  const others = order.flatMap((life) => dice.shuffled(sequelsOf(life), 'others').slice(0, 1));
  const chosen = [...dice.shuffled(rescues, 'rescues').slice(0, TWICE), ...others].slice(0, TWICE);
  const twice = await liveOn(pipeline, chosen);
  const thirds = twice.flatMap((life) => dice.shuffled(sequelsOf(life), 'thirds').slice(0, 1));
  const thrice = await liveOn(pipeline, dice.shuffled(thirds, 'thrice').slice(0, THRICE));
  const rows = [rowOf('two deaths', rescues, twice), rowOf('three deaths', thirds, thrice)];
  const lives = [...twice, ...thrice];
  return { rows, lives, broken: lives.flatMap(brokenIn) };
}

/** The deaths that may follow the last one of a life; with `struck`, only those of a new kind. */
function sequelsOf(life: Life, struck?: Struck): Sequel[] {
  const last = life.blows.at(-1);
  const at = life.calls.findIndex((call) => last && placeOf(call) === placeOf(last.at));
  if (at < 0 || life.missed.length > 0) return [];
  const dead = life.calls[at]?.requestId;
  const later = life.calls.slice(at + 1).filter(({ requestId }) => requestId !== dead);
  const invocations = struck ? struck.takeNew(later) : invocationsOf(later);
  return invocations.flatMap(blowsAt).map((blow) => ({ life, blow }));
}

async function liveOn(pipeline: RecoveryPipeline, sequels: readonly Sequel[]): Promise<Life[]> {
  const lives: Life[] = [];
  for (const { life, blow } of sequels) {
    lives.push(await strike(pipeline, life.scenario, [...life.blows, blow]));
  }
  return lives;
}

function rowOf(name: string, sequels: readonly Sequel[], lives: readonly Life[]) {
  return [
    name,
    '',
    '',
    '',
    sequels.length,
    lives.filter(({ missed }) => missed.length === 0).length,
    lives.filter(({ broken }) => broken.length > 0).length,
    '',
    Math.max(0, ...lives.map(({ minutes }) => minutes)),
  ];
}
