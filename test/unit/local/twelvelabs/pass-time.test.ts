import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Clock } from '../../../../local/clock.ts';
import { Background } from '../../../../local/twelvelabs/background.ts';
import { leapTime, passTime } from '../../../../local/twelvelabs/control/pass-time.ts';

const T0 = new Date('2026-10-01T00:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it.each([
  ['passTime', passTime],
  ['leapTime', leapTime],
])('%s does not wait for ever for what never ends', async (_, move) => {
  const clock = Clock.stoppedAt(T0);
  const background = new Background();
  background.start(() => new Promise(() => {}));
  let isFired = false;
  clock.after(1_000, () => {
    isFired = true;
  });
  const moved = move(60_000, clock, background);
  await vi.advanceTimersByTimeAsync(15_000);
  expect(await moved).toBe(false);
  expect(isFired).toBe(true);
  expect(clock.nowMs()).toBe(T0.getTime() + 60_000);
  expect(vi.getTimerCount()).toBe(0);
});

it.each([
  ['passTime', passTime],
  ['leapTime', leapTime],
])('%s leaves no timer when all has ended', async (_, move) => {
  const clock = Clock.stoppedAt(T0);
  expect(await move(60_000, clock, new Background())).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

it('lets what came due end before time goes on', async () => {
  const clock = Clock.stoppedAt(T0);
  const background = new Background();
  const seenMs: number[] = [];
  const work = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    seenMs.push(clock.nowMs() - T0.getTime());
    if (seenMs.length < 3) clock.after(1_000, () => background.start(work));
  };
  clock.after(1_000, () => background.start(work));
  expect(await passTime(60_000, clock, background)).toBe(true);
  expect(seenMs).toEqual([1_000, 2_000, 3_000]);
});
