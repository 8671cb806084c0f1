import { type BatcherWorld, startBatcherWorld } from '../../support/batcher-world.ts';
import { aProfile, aSegmentation } from '../../support/rows.ts';
import { alignedTable } from '../aligned-table.ts';
import type { SeededDice } from '../seeded-dice.ts';
import { AccountWatch } from './account-watch.ts';
import { type FilmAsset, type LongFilm, makeLongFilms, uploadFilms } from './long-films.ts';
import { tellNowAndThen } from './progress.ts';
import { Strangers } from './strangers.ts';
import { brokenIn } from './world-verdict.ts';

const WORLDS = 200;
const FILM_HOURS = [0.5, 1, 1.9];
const batching = { maxRequests: 7, maxHours: 10, maxActive: 3, maxVideoHours: 2 };
/** What the batcher keeps to is what the provider enforces. */
const limits = {
  batchRequests: batching.maxRequests,
  batchContentSeconds: batching.maxHours * 3_600,
  activeBatches: batching.maxActive,
  analyzeRequestsPerMinute: 1_000_000,
  analyzeRequestsPerDay: 1_000_000,
};
const refusesWith = ['400', '413', '422'] as const;
const STAYS_MINUTES = [3, 15];
const CROWDED_MINUTES = 12;
const MOST_MINUTES = 24 * 60;
const STRANGERS_COME = 0.3;
const STRANGERS_OVERTAKE = 0.15;

/** Small worlds in which the provider itself enforces every limit, with strangers in the account. */
export async function crowdedWorlds(dice: SeededDice): Promise<string[]> {
  console.log(`\n${WORLDS} crowded worlds: the provider enforces the limits`);
  const tell = tellNowAndThen();
  const films = await makeLongFilms(FILM_HOURS);
  const lives: Awaited<ReturnType<typeof liveOneWorld>>[] = [];
  for (let number = 0; number < WORLDS; number += 1) {
    lives.push(await liveOneWorld(number, films, dice));
    tell(() => `${number + 1} of ${WORLDS} worlds`);
  }
  const sum = (of: (life: (typeof lives)[number]) => number) =>
    lives.reduce((total, life) => total + of(life), 0);
  console.log(
    alignedTable([
      ['analyses', sum((it) => it.analyses)],
      ['creates', sum((it) => it.creates)],
      ['  full by number', sum((it) => it.full)],
      ['  over 80 % of the hours', sum((it) => it.long)],
      ['  refused, a stranger having come between', sum((it) => it.overtaken)],
      ['  refused otherwise', sum((it) => it.refusals)],
      ['batches of strangers', sum((it) => it.strangers)],
      [`most active batches, of ${limits.activeBatches}`, Math.max(...lives.map((it) => it.most))],
    ]),
  );
  return lives.flatMap(({ words }, number) => words.map((it) => `crowded world ${number}: ${it}`));
}

async function liveOneWorld(number: number, films: readonly LongFilm[], dice: SeededDice) {
  const overLimitStatus = refusesWith[number % refusesWith.length] ?? '400';
  const profiles = [aProfile(), aSegmentation()];
  const switches = { overLimitStatus };
  await using world = await startBatcherWorld({ batching, limits, profiles, switches });
  const assets = await uploadFilms(world, films);
  const strangers = await Strangers.in(world, STAYS_MINUTES);
  const watch = new AccountWatch(world);
  let chances = 0;
  const maybeCome = async (share: number) => {
    chances += 1;
    if (dice.fraction('crowded', number, chances) >= share) return false;
    return await strangers.take(dice.shuffled(STAYS_MINUTES, 'stay', number, chances)[0] ?? 3);
  };
  const submit = () => watch.submit(() => maybeCome(STRANGERS_OVERTAKE));
  for (let minute = 0; minute < CROWDED_MINUTES; minute += 1) {
    await maybeCome(STRANGERS_COME);
    for (let more = dice.whole(0, 6, 'more', number, minute); more > 0; more -= 1) {
      await queueOne(world, assets, (...question) =>
        dice.fraction(number, minute, more, ...question),
      );
    }
    await submit();
    await world.letPass(60);
    await world.collect();
  }
  await world.letEnd(MOST_MINUTES, submit);
  const words = [...brokenIn(world, { strangers: strangers.taken }), ...watch.refusals];
  if (watch.mostActive > limits.activeBatches)
    words.push(`${watch.mostActive} batches were active`);
  return {
    ...sizesIn(world, assets),
    words,
    analyses: world.analyses().length,
    creates: watch.creates,
    overtaken: watch.overtaken,
    refusals: watch.refusals.length,
    strangers: strangers.taken,
    most: watch.mostActive,
  };
}

/** Of a third of the videos nobody knows how long they are. */
async function queueOne(
  world: BatcherWorld,
  assets: readonly FilmAsset[],
  chance: (...question: readonly string[]) => number,
): Promise<void> {
  const asset = assets[Math.floor(chance('film') * assets.length)];
  const isKnown = chance('known') > 0.3;
  await world.queue(1, {
    assetId: asset?.assetId ?? '',
    profile: chance('profile') < 0.5 ? 'summary' : 'goals',
    queuedAt: world.clock.now().toISOString(),
    ...({ durationSeconds: isKnown ? asset?.durationSeconds : undefined } as object),
  });
}

/** How many batches of ours came near the limits. */
function sizesIn(world: BatcherWorld, assets: readonly FilmAsset[]) {
  const seconds = new Map(assets.map((it) => [it.assetId, it.durationSeconds]));
  const ours = world.box.ledger.items().filter(({ assetId }) => seconds.has(assetId));
  const batches = [...Map.groupBy(ours, ({ batchId }) => batchId).values()];
  const hours = batches.map((items) =>
    items.reduce((sum, { assetId }) => sum + (seconds.get(assetId) ?? 0) / 3_600, 0),
  );
  return {
    full: batches.filter((items) => items.length === batching.maxRequests).length,
    long: hours.filter((each) => each > 0.8 * batching.maxHours).length,
  };
}
