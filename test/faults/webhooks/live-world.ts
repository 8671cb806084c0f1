import { Clock } from '../../../local/clock.ts';
import type { Operation } from '../../../local/twelvelabs/http/operation.ts';
import { seededDice } from '../seeded-dice.ts';
import { type DroppedVideo, dropVideos, planVideos } from './dropped-videos.ts';
import { postForgeries } from './forger.ts';
import { countRowsWoken, type RowsWoken } from './rows-woken.ts';
import { strikeCalls, type Traffic } from './struck-calls.ts';
import { type Delays, delaysOf, type Fates, fatesOf, readRows } from './table-look.ts';
import { START, startWorld, type WorldPipeline } from './world-pipeline.ts';
import type { World } from './worlds.ts';

/** What became of the work in one world. */
export interface Lived {
  readonly world: World;
  readonly fates: Fates;
  readonly delays: Delays;
  readonly traffic: Traffic;
  /** Events that the provider never sent. */
  readonly lostEvents: number;
  readonly forgeries: number;
  readonly requests: readonly Operation[];
  readonly rows: RowsWoken;
  readonly batches: number;
  readonly simulatedMinutes: number;
  readonly wallSeconds: number;
}

/** What the worlds of a campaign have in common. */
export interface Campaign {
  readonly seed: number;
  readonly assemblyDirectory: string;
  readonly clip: Uint8Array;
}

const PATIENCE_MINUTES = 36 * 60;
/** So often, in minutes, forged events are posted. */
const FORGED_EVERY = 3;
/** When all is done, the latest events are still to come: they must do nothing any more. */
const AFTERWARDS_SECONDS = 6 * 3_600;
const LAST_SECONDS = 600;

/** Lives the whole work in one world: from the first upload until no row waits and no event is to come. */
export async function liveWorld(world: World, campaign: Campaign): Promise<Lived> {
  const startedMs = Date.now();
  const { seed, assemblyDirectory } = campaign;
  const dice = seededDice(seed);
  const plan = planVideos(dice);
  const clock = Clock.stoppedAt(START);
  const rows = countRowsWoken();
  const [traffic, interception] = strikeCalls(world, dice, clock);
  using _ = interception;
  const parts = { world, seed, assemblyDirectory, clock, onLog: rows.hear };
  await using pipeline = await startWorld(parts);
  const { box } = pipeline;
  const { minutes, forgeries } = await work(pipeline, world, plan, campaign);
  const table = await readRows(pipeline.pipeline);
  const lost = box.faults.list().filter(({ fault }) => fault.kind === 'lose-webhook');
  return {
    world,
    fates: fatesOf(table, plan, box),
    delays: delaysOf(table, box),
    traffic,
    lostEvents: lost.reduce((sum, { struck }) => sum + struck, 0),
    forgeries,
    requests: [...box.requests],
    rows,
    batches: box.batches().length,
    simulatedMinutes: minutes,
    wallSeconds: (Date.now() - startedMs) / 1000,
  };
}

/** Lets the minutes pass. @returns how many, and how many forged events were posted in them */
async function work(
  pipeline: WorldPipeline,
  world: World,
  plan: readonly DroppedVideo[],
  { seed, clip }: Campaign,
) {
  const { clock, pipeline: started } = pipeline;
  const { cloud } = started;
  const lastMinute = Math.max(...plan.map(({ atMinute }) => atMinute));
  let forgeries = 0;
  let minutes = 0;
  for (; minutes < PATIENCE_MINUTES; minutes++) {
    const due = plan.filter(({ atMinute }) => atMinute === minutes);
    await dropVideos(started, due, clip);
    await cloud.letTimePass(60_000);
    if (world.isForged && minutes % FORGED_EVERY === 0)
      forgeries += await postForgeries(pipeline, seed);
    if (minutes > lastMinute && (await isDone(pipeline))) break;
  }
  await cloud.whenIdle();
  await clock.leap(AFTERWARDS_SECONDS * 1_000);
  await cloud.letTimePass(LAST_SECONDS * 1_000);
  return { minutes, forgeries };
}

/** Whether no row waits for anybody; looked at only when no batch goes on. */
async function isDone({ box, pipeline }: WorldPipeline): Promise<boolean> {
  if (box.batches().some(({ status }) => status !== 'completed')) return false;
  return (await readRows(pipeline)).waiting === 0;
}
