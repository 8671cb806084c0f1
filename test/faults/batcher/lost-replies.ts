import { startBatcherWorld } from '../../support/batcher-world.ts';
import { alignedTable } from '../aligned-table.ts';
import { percentile } from '../percentiles.ts';
import type { SeededDice } from '../seeded-dice.ts';
import { LossWatch, type Resolution } from './loss-watch.ts';
import { losses } from './losses.ts';
import { tellNowAndThen } from './progress.ts';
import { brokenIn } from './world-verdict.ts';

const CREATES = 1_000;
const CREATES_PER_WORLD = 50;
const LAG_MS = 60_000;
/** How late the provider's lists and results are, in one world after the other. */
const lags = [
  { name: 'nothing late', switches: {} },
  { name: 'nothing late', switches: {} },
  { name: 'lists late', switches: { listLagMs: LAG_MS } },
  { name: 'results late', switches: { resultsLagMs: LAG_MS } },
  { name: 'both late', switches: { listLagMs: LAG_MS, resultsLagMs: LAG_MS } },
] as const;
/** No rate but the slots holds the batcher back. */
const limits = { analyzeRequestsPerMinute: 1_000_000, analyzeRequestsPerDay: 1_000_000 };
/** So much is waiting at any time that full batches can go. */
const WAITING_BATCHES = 6;
const MOST_MINUTES = 3 * 24 * 60;

/** A thousand creates of which no clear answer comes: each is resolved, nothing paid twice or lost. */
export async function lostReplies(dice: SeededDice): Promise<string[]> {
  console.log(`\nLost replies: ${CREATES} creates without a clear answer`);
  const tell = tellNowAndThen();
  const all: (Resolution & { readonly lag: string })[] = [];
  const broken: string[] = [];
  for (let number = 0; number < CREATES / CREATES_PER_WORLD; number += 1) {
    const lag = lags[number % lags.length] ?? lags[0];
    const { resolutions, words } = await liveOneWorld(number, lag.switches, dice);
    all.push(...resolutions.map((it) => ({ ...it, lag: lag.name })));
    broken.push(...words.map((each) => `lost replies, world ${number} (${lag.name}): ${each}`));
    tell(() => `${all.length} of ${CREATES} resolved`);
  }
  print(all);
  return broken;
}

async function liveOneWorld(number: number, switches: object, dice: SeededDice) {
  const maxRequests = dice.whole(1, 5, 'batch size', number);
  const batching = { maxRequests };
  await using world = await startBatcherWorld({ batching, limits, switches });
  const watch = new LossWatch(world, dice, CREATES_PER_WORLD, `world ${number}`);
  for (let minute = 0; !watch.isOver && minute < MOST_MINUTES; minute += 1) {
    const missing = WAITING_BATCHES * maxRequests - (await world.store.countIn('queued', 1_000));
    if (missing > 0) await world.queue(missing);
    await watch.submit();
    await world.letPass(60);
    await world.collect();
  }
  await world.letEnd(MOST_MINUTES, () => watch.submit());
  const words = brokenIn(world);
  if (watch.open > 0) words.push(`${watch.open} creates were never resolved`);
  const { resolutions } = watch;
  const wrong = resolutions.filter(({ loss, isFound }) => loss.isCreated !== isFound);
  if (wrong.length > 0) words.push(`${wrong.length} were resolved wrongly: ${wrong[0]?.loss.name}`);
  const missing = CREATES_PER_WORLD - watch.open - resolutions.length;
  if (missing > 0) words.push(`${missing} creates were not made`);
  return { resolutions, words };
}

function print(all: readonly (Resolution & { readonly lag: string })[]): void {
  const row = (name: string, of: readonly Resolution[]) => {
    const seconds = of.map((it) => it.seconds);
    const found = of.filter(({ isFound }) => isFound).length;
    const minutes = [0.5, 0.95, 1].map((share) => percentile(seconds, share) / 60);
    return [name, of.length, found, of.length - found, ...minutes];
  };
  const byLag = Map.groupBy(all, ({ lag }) => lag);
  console.log(
    alignedTable([
      ['what became of the answer', 'creates', 'adopted', 'freed', 'p50 min', 'p95', 'max'],
      ...losses.map(({ name }) =>
        row(
          name,
          all.filter(({ loss }) => loss.name === name),
        ),
      ),
      ...[...byLag].map(([name, of]) => row(name, of)),
      row('all', all),
    ]),
  );
}
