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

it('measures at least once in each quarter of an hour, though ticks come late, and hardly more', async () => {
  const world = aClockWorld();
  await world.table.putAll([anAnalysis()]);
  const spans = new Map<number, number>();
  for (let minute = 0; minute < 24 * 60; minute++) {
    const before = world.of('RowsWaiting').length;
    await world.tick();
    const span = Math.floor(minute / 15);
    const measured = world.of('RowsWaiting').length - before;
    spans.set(span, (spans.get(span) ?? 0) + measured);
    // Up to twenty seconds late, and back in step.
    world.letPass(minute % 2 === 0 ? 79 : 41);
  }
  expect(Math.min(...spans.values())).toBe(1);
  expect(Math.max(...spans.values())).toBe(2);
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
