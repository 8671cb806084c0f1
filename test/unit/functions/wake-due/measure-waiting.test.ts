import { expect, it } from 'vitest';
import { aClockWorld } from '../../../support/clock-world.ts';
import { aBatch, anAnalysis, atSecond } from '../../../support/rows.ts';

const since = (second: number) => ({ stateSince: atSecond(second).toISOString() });

it('measures how many wait at each stage, and how long the oldest has', async () => {
  const world = aClockWorld();
  await world.table.putAll([
    anAnalysis({ key: 'a', ...since(0) }),
    anAnalysis({ key: 'b', ...since(50) }),
    anAnalysis({ key: 'c', state: 'submitted', stage: 'collect-results', ...since(70) }),
    aBatch({ ...since(40) }),
  ]);
  world.letPass(100);
  await world.tick();
  expect(world.of('RowsWaiting').map(({ stage, value }) => [stage, value])).toEqual([
    ['submit-batches', 2],
    ['collect-results', 2],
  ]);
  expect(world.of('OldestWaiting').map(({ stage, value }) => [stage, value])).toEqual([
    ['submit-batches', 100],
    ['collect-results', 60],
  ]);
});

it('measures every quarter of an hour', async () => {
  const world = aClockWorld();
  await world.table.putAll([anAnalysis()]);
  for (let minute = 0; minute < 60; minute++) {
    await world.tick();
    world.letPass(60);
  }
  expect(world.of('RowsWaiting')).toHaveLength(4);
});

it('tells the age of what should get on, and not of what waits for its turn', async () => {
  const world = aClockWorld();
  await world.table.putAll([
    anAnalysis({ key: 'a', ...since(0) }),
    anAnalysis({ key: 'b', state: 'submitted', stage: 'collect-results', ...since(70) }),
  ]);
  world.letPass(100);
  await world.tick();
  expect(world.of('OldestUnderWay').map(({ value }) => value)).toEqual([30]);
});

it('counts dead letters, by the queue that they came from', async () => {
  const world = aClockWorld();
  await world.tick();
  expect(world.of('DeadLetters')).toEqual([]);
  world.deadLetters.waiting = 3;
  world.letPass(900);
  await world.tick();
  expect(world.of('DeadLetters')).toMatchObject([{ value: 3, stage: 'uploads' }]);
});
