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
  const twice = await liveOn(pipeline, [...dice.shuffled(rescues, 'rescues'), ...others], TWICE);
  const thirds = twice.flatMap((life) => dice.shuffled(sequelsOf(life), 'thirds').slice(0, 1));
  const thrice = await liveOn(pipeline, dice.shuffled(thirds, 'thrice'), THRICE);
  const rows = [rowOf('two deaths', rescues, twice), rowOf('three deaths', thirds, thrice)];
  const lives = [...twice, ...thrice];
  const count = lives.filter(isStruck).length;
  const wished = TWICE + THRICE;
  const missed = count < wished ? [`only ${count} of ${wished} lives with several deaths`] : [];
  return { rows, lives, broken: [...missed, ...lives.flatMap(brokenIn)] };
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

/**
 * Lives on until somebody has died again `times` times. After a death among requests side by side a life
 * may go another way than before, and the next death not come about: then the next in line is drawn.
 */
async function liveOn(
  pipeline: RecoveryPipeline,
  sequels: readonly Sequel[],
  times: number,
): Promise<Life[]> {
  const lives: Life[] = [];
  for (const { life, blow } of sequels) {
    if (lives.filter(isStruck).length === times) break;
    lives.push(await strike(pipeline, life.scenario, [...life.blows, blow]));
  }
  return lives;
}

function isStruck({ missed }: Life): boolean {
  return missed.length === 0;
}

function rowOf(name: string, sequels: readonly Sequel[], lives: readonly Life[]) {
  return [
    name,
    '',
    '',
    '',
    sequels.length,
    lives.filter(isStruck).length,
    lives.filter(({ broken }) => broken.length > 0).length,
    '',
    Math.max(0, ...lives.map(({ minutes }) => minutes)),
  ];
}
