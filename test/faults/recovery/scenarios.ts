import { cancel, reachOfBatch } from '../../../shared/cancel.ts';
import { createStore } from '../../../shared/store/store.ts';
import { createTable } from '../../../shared/store/table.ts';
import { createWaitingRoom } from '../../../shared/waiting-room.ts';
import type { LifeOptions } from './recovery-pipeline.ts';
import type { Rows, World } from './world.ts';

/** Something that the pipeline has to get through, whoever dies on the way. */
export interface Scenario {
  readonly name: string;
  readonly options: LifeOptions;
  /** How many rows end in each state, and how many items are billed. */
  readonly ends: Readonly<Record<string, number>>;
  readonly billed: number;
  begin(world: World): Promise<void>;
  /** What others do meanwhile, looked at now and then; says whether it did something. */
  meanwhile?(world: World, rows: Rows): Promise<boolean>;
}

const CLIP = new URL('../../../samples/interview.webm', import.meta.url);
const GOALS = new URL('../../../samples/football/goals.mp4', import.meta.url);
const HOUR = 3_600;
/** Longer than an item takes that does not stall. */
const OTHERS_SECONDS = 20;

/** The ways of a video that differ in what is asked of the outside. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'by URL, two profiles',
    options: {},
    ends: { 'video admitted': 1, 'analysis ready': 2 },
    billed: 2,
    begin: (world) => world.drop('football/a.mp4', GOALS),
  },
  {
    name: 'in chunks',
    options: { limits: { chunkBytes: 70_000 } },
    ends: { 'video admitted': 1, 'analysis ready': 1 },
    billed: 1,
    begin: (world) => world.drop('a.webm', CLIP),
  },
  {
    name: 'items that fail',
    options: {},
    ends: { 'video admitted': 3, 'analysis ready': 2, 'analysis failed': 1 },
    billed: 2,
    begin: async (world) => {
      const { faults } = world.box;
      faults.set({ kind: 'fail-item', code: 'parameter_invalid', times: 1 });
      faults.set({ kind: 'fail-item', code: 'internal_server_error', times: 1 });
      for (const key of ['a.mp4', 'b.mp4', 'c.mp4']) await world.drop(key, GOALS);
    },
  },
  {
    name: 'assets that fail',
    options: {},
    ends: { 'video admitted': 1, 'video rejected': 1, 'analysis ready': 1 },
    billed: 1,
    begin: async (world) => {
      world.box.faults.set({ kind: 'break-asset', message: 'an outage of ours', times: 1 });
      await world.drop('a.mp4', GOALS);
      await world.drop('noise.mp4', Buffer.alloc(64 * 1024, '\u0001\u00fe\u0080\u0017'));
    },
  },
  {
    name: 'a batch that expires',
    options: {},
    ends: { 'video admitted': 2, 'analysis ready': 2 },
    billed: 2,
    begin: async (world) => {
      world.box.faults.set({ kind: 'stall-item', times: 1 });
      for (const key of ['a.mp4', 'b.mp4']) await world.drop(key, GOALS);
    },
    meanwhile: expireWhatStalls,
  },
  {
    name: 'a batch that is called off',
    options: { timing: { batchPendingMs: 20 * HOUR * 1000 } },
    ends: { 'video admitted': 1, 'analysis failed': 1 },
    billed: 0,
    begin: (world) => world.drop('a.mp4', GOALS),
    meanwhile: callOff,
  },
];

/** A day passes as soon as the batch with the stalled item is known, and whatever else is in it is done. */
async function expireWhatStalls(world: World, { all }: Rows): Promise<boolean> {
  const known = all.map((row) => (row.kind === 'batch' ? row.providerBatchId : undefined));
  const isStalled = world.box.batches().some(({ status, batch_id, created_at }) => {
    const ageSeconds = (world.clock.nowMs() - Date.parse(created_at)) / 1000;
    return status === 'processing' && known.includes(batch_id) && ageSeconds > OTHERS_SECONDS;
  });
  if (isStalled) await world.leap(24 * HOUR);
  return isStalled;
}

/** An operator calls a batch off as soon as it is known. */
async function callOff({ pipeline, clock }: World, { all }: Rows): Promise<boolean> {
  const [called] = all.filter((row) => row.kind === 'batch' && row.state === 'active');
  if (called?.kind !== 'batch' || called.cancelRequestedAt !== undefined) return false;
  const now = () => clock.now();
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const store = createStore(createTable(pipeline.tableName, pipeline.table), now, log);
  const reach = await reachOfBatch(called.batchId, { store });
  const waitingRoom = createWaitingRoom({ store, queues: {}, now, log });
  if (reach) await cancel(reach, { store, waitingRoom, now });
  return true;
}
