import {
  type BatcherWorld,
  type BatcherWorldOptions,
  startBatcherWorld,
} from '../../support/batcher-world.ts';
import { aProfile, aSegmentation } from '../../support/rows.ts';

/** Something that the batcher has to get through, of analyses that all but `failing` become ready. */
export interface Scenario {
  readonly name: string;
  readonly failing: number;
  start(): Promise<BatcherWorld>;
}

const create = { operation: 'batches.create', times: 1 } as const;

/** The ways of a batch that differ in what is asked of the outside. */
export const scenarios: readonly Scenario[] = [
  scenario('one batch', {}, 0, (world) => world.queue(3)),
  scenario(
    'two batches of two modes',
    { profiles: [aProfile(), aSegmentation()] },
    0,
    async (world) => {
      await world.queue(2);
      await world.queue(2, { profile: 'goals' });
    },
  ),
  scenario('a poisoned one among four', {}, 1, async (world) => {
    const assetId = await world.newAsset('poison.webm');
    world.box.faults.set({ kind: 'poison-asset', assetId });
    await world.queue(2);
    await world.queue(1, { assetId });
    await world.queue(1);
  }),
  scenario('a lost reply', {}, 0, async (world) => {
    world.box.faults.set({ kind: 'lose-reply', ...create });
    await world.queue(2);
  }),
  scenario('a lost request', {}, 0, async (world) => {
    world.box.faults.set({ kind: 'lose-request', ...create });
    await world.queue(2);
  }),
  scenario('a deadline that passed', {}, 0, async (world) => {
    const answer = { status: 504, code: 'deadline_exceeded', message: 'split it' };
    world.box.faults.set({ kind: 'answer', ...answer, ...create });
    await world.queue(4);
  }),
  scenario('a limited rate', {}, 0, async (world) => {
    world.box.faults.set({ kind: 'answer', status: 429, ...create });
    await world.queue(2);
  }),
];

function scenario(
  name: string,
  options: BatcherWorldOptions,
  failing: number,
  prepare: (world: BatcherWorld) => Promise<unknown>,
): Scenario {
  return {
    name,
    failing,
    start: async () => {
      const world = await startBatcherWorld(options);
      await prepare(world);
      return world;
    },
  };
}
