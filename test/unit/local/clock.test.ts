import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Clock, type ClockReading, type Follower } from '../../../local/clock.ts';

const T0 = new Date('2026-10-01T00:00:00.000Z');
const DAY_MS = 86_400_000;

describe('a stopped clock', () => {
  it('stands still until it is moved, and then shows the time it was moved to', async () => {
    const clock = stopped();
    expect(clock.now()).toEqual(T0);
    await clock.advance(1_500);
    expect(clock.now()).toEqual(new Date('2026-10-01T00:00:01.500Z'));
    expect(clock.reading).toEqual({ kind: 'stopped', atMs: T0.getTime() + 1_500 });
  });

  it.each([0, -1_000])(
    'stays where it is when advanced by %d ms: it never goes back',
    async (byMs) => {
      const clock = stopped();
      await clock.advance(byMs);
      expect(clock.now()).toEqual(T0);
    },
  );

  it('fires a timer at its very moment, not before', async () => {
    const clock = stopped();
    const fired = record(clock);
    clock.after(1_000, fired.as('a'));
    await clock.advance(999);
    expect(fired.all).toEqual([]);
    await clock.advance(1);
    expect(fired.all).toEqual(['a at 1000']);
  });

  it('fires timers in the order they are due, each seeing the moment it was set for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 5_000 })), async (delays) => {
        const clock = stopped();
        const seen: number[] = [];
        for (const delayMs of delays) clock.after(delayMs, () => seen.push(elapsed(clock)));
        await clock.advance(5_000);
        expect(seen).toEqual(delays.toSorted((a, b) => a - b));
        expect(elapsed(clock)).toBe(5_000);
      }),
    );
  });

  it('fires timers due at once in the order they were set', async () => {
    const clock = stopped();
    const fired = record(clock);
    for (const name of ['a', 'b', 'c']) clock.after(10, fired.as(name));
    await clock.advance(10);
    expect(fired.all).toEqual(['a at 10', 'b at 10', 'c at 10']);
  });

  it('fires on the way what a timer set on the way', async () => {
    const clock = stopped();
    const fired = record(clock);
    clock.after(10, () => {
      fired.as('first')();
      clock.after(10, fired.as('second'));
      clock.after(0, fired.as('at once'));
      clock.after(1_000, fired.as('too late'));
    });
    clock.after(15, fired.as('between'));
    await clock.advance(100);
    expect(fired.all).toEqual(['first at 10', 'at once at 10', 'between at 15', 'second at 20']);
  });

  it('takes a delay below nothing for none', async () => {
    const clock = stopped();
    const fired = record(clock);
    clock.after(-50, fired.as('a'));
    await clock.advance(0);
    expect(fired.all).toEqual(['a at 0']);
  });

  it('fires nothing that was called off, be it by another timer of the same moment', async () => {
    const clock = stopped();
    const fired = record(clock);
    const callOff = clock.after(10, fired.as('a'));
    clock.after(5, () => callOff());
    clock.after(20, () => callOffLast());
    const callOffLast = clock.after(20, fired.as('last'));
    await clock.advance(100);
    callOff();
    expect(fired.all).toEqual([]);
  });

  it('wakes who sleeps on it when the time has passed', async () => {
    const clock = stopped();
    const woken: string[] = [];
    const sleeping = clock.sleep(DAY_MS).then(() => woken.push('woken'));
    await clock.advance(DAY_MS - 1);
    expect(woken).toEqual([]);
    await clock.advance(1);
    await sleeping;
    expect(woken).toEqual(['woken']);
  });

  it('says how long it is until the next timer', async () => {
    const clock = stopped();
    expect(clock.untilNextTimerMs()).toBeUndefined();
    const callOff = clock.after(500, () => {});
    clock.after(800, () => {});
    expect(clock.untilNextTimerMs()).toBe(500);
    await clock.advance(100);
    expect(clock.untilNextTimerMs()).toBe(400);
    callOff();
    expect(clock.untilNextTimerMs()).toBe(700);
  });
});

describe('a timer for every period', () => {
  it('fires each time, without drifting, until it is called off', async () => {
    const clock = stopped();
    const fired = record(clock);
    const stop = clock.every(60_000, fired.as('tick'));
    await clock.advance(150_000);
    await clock.advance(30_000);
    stop();
    await clock.advance(DAY_MS);
    expect(fired.all).toEqual(['tick at 60000', 'tick at 120000', 'tick at 180000']);
  });

  it('may be called off from inside', async () => {
    const clock = stopped();
    let ticks = 0;
    const stop = clock.every(10, () => {
      ticks += 1;
      if (ticks === 2) stop();
    });
    await clock.advance(1_000);
    expect(ticks).toBe(2);
    expect(clock.untilNextTimerMs()).toBeUndefined();
  });

  it('passes a day of minutes in one go', async () => {
    const clock = stopped();
    let ticks = 0;
    clock.every(60_000, () => {
      ticks += 1;
    });
    await clock.advance(DAY_MS);
    expect(ticks).toBe(24 * 60);
  });
});

describe('a follower', () => {
  it('is told the time when it joins, and each time it changes', async () => {
    const clock = stopped();
    const follower = aFollower();
    await clock.follow(follower);
    await clock.advance(100);
    expect(follower.told.map(momentOf)).toEqual([0, 100]);
  });

  it('reads the moment of a timer before the timer fires', async () => {
    const clock = stopped();
    const follower = aFollower();
    await clock.follow(follower);
    const seen: (number | undefined)[] = [];
    for (const delayMs of [10, 20])
      clock.after(delayMs, () => seen.push(follower.told.map(momentOf).at(-1)));
    await clock.advance(30);
    expect(seen).toEqual([10, 20]);
    expect(follower.told.map(momentOf)).toEqual([0, 10, 20, 30]);
  });

  it('holds time up until it has taken the new one', async () => {
    const clock = stopped();
    const taken = Promise.withResolvers<void>();
    const order: string[] = [];
    await clock.follow({
      setClock: async (reading) => {
        if (momentOf(reading) === 0) return;
        await taken.promise;
        order.push('taken');
      },
    });
    const advanced = clock.advance(10).then(() => order.push('advanced'));
    taken.resolve();
    await advanced;
    expect(order).toEqual(['taken', 'advanced']);
  });

  it('that was let go is told nothing more', async () => {
    const clock = stopped();
    const [stays, leaves] = [aFollower(), aFollower()];
    await clock.follow(stays);
    const letGo = await clock.follow(leaves);
    letGo();
    await clock.advance(10);
    expect(leaves.told).toHaveLength(1);
    expect(stays.told).toHaveLength(2);
  });
});

describe('a running clock', () => {
  it('keeps the pace of the machine', () => {
    const before = Date.now();
    const nowMs = running().nowMs();
    expect(nowMs).toBeGreaterThanOrEqual(before);
    expect(nowMs).toBeLessThanOrEqual(Date.now());
  });

  it('fires its timers by itself, in their order', async () => {
    const clock = running();
    const fired: string[] = [];
    clock.after(20, () => fired.push('second'));
    clock.after(1, () => fired.push('first'));
    await clock.sleep(30);
    expect(fired).toEqual(['first', 'second']);
  });

  it('fires at once what it is moved over, and goes on from there', async () => {
    const clock = running();
    const fired: string[] = [];
    clock.after(DAY_MS, () => fired.push('a day later'));
    clock.after(30 * DAY_MS, () => fired.push('a month later, longer than Node waits'));
    await clock.advance(DAY_MS);
    expect(fired).toEqual(['a day later']);
    expect(clock.nowMs() - Date.now()).toBeGreaterThanOrEqual(DAY_MS - 1_000);
    await clock.sleep(1);
    expect(fired).toHaveLength(1);
  });

  it('waits for a far moment in steps that Node can take', async () => {
    const warnings: Error[] = [];
    const keep = (warning: Error) => warnings.push(warning);
    process.on('warning', keep);
    onTestFinished(() => {
      process.off('warning', keep);
    });
    const clock = running();
    clock.after(30 * DAY_MS, () => {});
    await new Promise(setImmediate);
    expect(warnings).toEqual([]);
  });

  it('tells its followers by how much it is ahead', async () => {
    const clock = running();
    const follower = aFollower();
    await clock.follow(follower);
    await clock.advance(DAY_MS);
    expect(follower.told[0]).toEqual({ kind: 'running', offsetMs: 0 });
    expect(follower.told.at(-1)).toEqual({ kind: 'running', offsetMs: expect.closeTo(DAY_MS, -4) });
  });

  it('fires nothing that was called off', async () => {
    const clock = running();
    const fired: string[] = [];
    clock.after(1, () => fired.push('a'))();
    await clock.sleep(10);
    expect(fired).toEqual([]);
  });
});

describe('a closed clock', () => {
  it.each([
    ['stopped', stopped],
    ['running', running],
  ])('that was %s has called off its timers and let its followers go', async (_, make) => {
    const clock = make();
    const follower = aFollower();
    const fired: string[] = [];
    await clock.follow(follower);
    clock.after(10, () => fired.push('a'));
    clock.every(10, () => fired.push('b'));
    clock.close();
    await clock.advance(1_000);
    expect(fired).toEqual([]);
    expect(follower.told).toHaveLength(1);
    expect(clock.untilNextTimerMs()).toBeUndefined();
  });
});

function stopped(): Clock {
  return Clock.stoppedAt(T0);
}

function running(): Clock {
  const clock = new Clock();
  onTestFinished(() => clock.close());
  return clock;
}

/** Milliseconds since a stopped clock began. */
function elapsed(clock: Clock): number {
  return clock.nowMs() - T0.getTime();
}

/** What fired, and when. */
function record(clock: Clock) {
  const all: string[] = [];
  return { all, as: (name: string) => () => all.push(`${name} at ${elapsed(clock)}`) };
}

function aFollower(): Follower & { readonly told: readonly ClockReading[] } {
  const told: ClockReading[] = [];
  return {
    told,
    setClock: async (reading) => {
      told.push(reading);
    },
  };
}

function momentOf(reading: ClockReading): number {
  return reading.kind === 'stopped' ? reading.atMs - T0.getTime() : reading.offsetMs;
}
