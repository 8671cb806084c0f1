import { expect, it } from 'vitest';
import { Clock, type ClockReading } from '../../../../local/clock.ts';

const START = new Date('2026-11-21T23:28:00.000Z');

it('fires timers in the order they are due, each at the very moment it was set for', async () => {
  const clock = Clock.stoppedAt(START);
  const fired: [string, number][] = [];
  const note = (name: string) => fired.push([name, clock.nowMs() - START.getTime()]);
  clock.after(3000, () => note('late'));
  clock.every(1000, () => note('tick'));
  clock.after(1500, () => clock.after(1000, () => note('set on the way')));

  await clock.advance(3000);

  expect(fired).toEqual([
    ['tick', 1000],
    ['tick', 2000],
    ['set on the way', 2500],
    ['late', 3000],
    ['tick', 3000],
  ]);
  expect(clock.untilNextTimerMs()).toBe(1000);
  clock.close();
});

it('lets followers read a moment before the timers of that moment fire', async () => {
  const clock = Clock.stoppedAt(START);
  const read: ClockReading[] = [];
  await clock.follow({ setClock: async (reading) => void read.push(reading) });
  const atFire: number[] = [];
  clock.after(10, () => atFire.push(read.length));

  await clock.advance(20);

  const at = (ms: number) => ({ kind: 'stopped', atMs: START.getTime() + ms });
  expect(read).toEqual([at(0), at(10), at(20)]);
  expect(atFire).toEqual([2]);
});

it('keeps to whole milliseconds, as Date does', async () => {
  const clock = Clock.stoppedAt(START);
  let firedAt = 0;
  clock.after(0.4, () => {
    firedAt = clock.nowMs();
  });

  await clock.advance(1.5);

  expect(firedAt).toBe(START.getTime() + 1);
  expect(Number.isInteger(clock.nowMs())).toBe(true);
});

it('moves on from wherever a running clock is', async () => {
  const clock = new Clock();
  let fired = false;
  clock.after(3_600_000, () => {
    fired = true;
  });

  await clock.advance(3_600_000);

  expect(fired).toBe(true);
  expect(Math.abs(clock.nowMs() - Date.now() - 3_600_000)).toBeLessThan(1000);
  clock.close();
});

it('calls off what is called off', async () => {
  const clock = Clock.stoppedAt(START);
  let fired = 0;
  const cancel = clock.every(10, () => {
    if (++fired === 2) cancel();
  });

  await clock.advance(100);

  expect(fired).toBe(2);
  expect(clock.untilNextTimerMs()).toBeUndefined();
});
