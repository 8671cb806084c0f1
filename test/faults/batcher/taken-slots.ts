import { type BatcherWorld, startBatcherWorld } from '../../support/batcher-world.ts';
import { alignedTable } from '../aligned-table.ts';
import type { SeededDice } from '../seeded-dice.ts';
import { AccountWatch } from './account-watch.ts';
import { tellNowAndThen } from './progress.ts';
import { Strangers } from './strangers.ts';
import { brokenIn } from './world-verdict.ts';

const SLOTS = 5;
const HELD_MINUTES = 120;
const DAY_MINUTES = 24 * 60;
const STAYS_MINUTES = [5, 20, 60];
/** In which part of the minutes a stranger comes, and something of ours is queued. */
const STRANGERS_COME = 0.12;
const OURS_COME = 0.3;
/** In which part of our creates a stranger comes right before. */
const STRANGERS_OVERTAKE = 0.1;
const limits = { analyzeRequestsPerDay: 1_000_000 };

/** Slots of the account that strangers take: all of them for hours, and some of them all day. */
export async function takenSlots(dice: SeededDice): Promise<string[]> {
  console.log('\nSlots taken by strangers');
  return [...(await allHeld()), ...(await comingAndGoing(dice))].map((it) => `strangers: ${it}`);
}

async function allHeld(): Promise<string[]> {
  await using world = await startBatcherWorld();
  const strangers = await Strangers.in(world, [HELD_MINUTES]);
  await world.queue(30);
  for (let slot = 0; slot < SLOTS; slot += 1) await strangers.take(HELD_MINUTES);
  const watch = new AccountWatch(world);
  const minute = () => liveAMinute(world, watch);
  for (let minutes = 0; minutes < HELD_MINUTES; minutes += 1) await minute();
  const meanwhile = watch.creates;
  let until = 0;
  for (; watch.creates === 0 && until < DAY_MINUTES; until += 1) await minute();
  await world.letEnd(DAY_MINUTES, () => watch.submit());
  console.log(
    alignedTable([
      [`creates while all ${SLOTS} are held for ${HELD_MINUTES} min`, meanwhile],
      ['minutes until the next', until],
    ]),
  );
  const words = [...brokenIn(world, { strangers: strangers.taken }), ...watch.refusals];
  if (meanwhile > 0) words.push(`${meanwhile} creates while all slots were taken`);
  return words;
}

async function comingAndGoing(dice: SeededDice): Promise<string[]> {
  await using world = await startBatcherWorld({ batching: { maxRequests: 20 }, limits });
  const strangers = await Strangers.in(world, STAYS_MINUTES);
  const watch = new AccountWatch(world);
  const tell = tellNowAndThen();
  const stay = (...question: readonly (string | number)[]) =>
    dice.shuffled(STAYS_MINUTES, 'stay', ...question)[0] ?? 0;
  let between = 0;
  const overtake = async () => {
    between += 1;
    if (dice.fraction('overtaken', between) >= STRANGERS_OVERTAKE) return false;
    return await strangers.take(stay('between', between));
  };
  for (let minute = 0; minute < DAY_MINUTES; minute += 1) {
    if (dice.fraction('stranger', minute) < STRANGERS_COME) await strangers.take(stay(minute));
    const isOurs = dice.fraction('ours', minute) < OURS_COME;
    if (isOurs) await queueNow(world, dice.whole(1, 10, 'ours', minute, 'count'));
    await liveAMinute(world, watch, overtake);
    tell(() => `minute ${minute} of ${DAY_MINUTES}`);
  }
  const rest = await world.letEnd(DAY_MINUTES, () => watch.submit());
  console.log(
    alignedTable([
      ['strangers that came and went in a day', strangers.taken],
      ['our analyses', world.analyses().length],
      ['our creates', watch.creates],
      ['  refused, a stranger having come between', watch.overtaken],
      [`most active batches, of ${SLOTS}`, watch.mostActive],
      ['minutes after the day until all were ready', rest],
    ]),
  );
  const words = [...brokenIn(world, { strangers: strangers.taken }), ...watch.refusals];
  if (watch.mostActive > SLOTS) words.push(`${watch.mostActive} batches were active`);
  return words;
}

async function queueNow(world: BatcherWorld, count: number): Promise<void> {
  await world.queue(count, { queuedAt: world.clock.now().toISOString() });
}

async function liveAMinute(
  world: BatcherWorld,
  watch: AccountWatch,
  comeBetween?: () => Promise<boolean>,
): Promise<void> {
  await world.letPass(60);
  await watch.submit(comeBetween);
  await world.collect();
}
