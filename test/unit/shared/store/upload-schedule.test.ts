import { describe, expect, it } from 'vitest';
import { uploadScheduleKey } from '../../../../shared/store/keys.ts';
import { createUploadSchedule } from '../../../../shared/store/upload-schedule.ts';
import { atSecond, MADE_AT } from '../../../support/rows.ts';
import { startTable } from '../../../support/start-table.ts';

const rates = { perMinute: 60, perDay: 3_000 };

async function aSchedule() {
  const table = await startTable();
  let second = 0;
  const now = () => atSecond(second);
  return {
    table,
    schedule: createUploadSchedule(table, rates, now),
    withRates: (other: typeof rates) => createUploadSchedule(table, other, now),
    at: (seconds: number) => {
      second = seconds;
    },
    /** Seconds from the start until each moment. */
    waits: (moments: readonly Date[]) =>
      moments.map((moment) => (moment.getTime() - MADE_AT.getTime()) / 1000),
  };
}

describe('moments', () => {
  it('are taken one after the other, whoever asks, and never twice', async () => {
    const { schedule, waits } = await aSchedule();
    const taken = await Promise.all(
      Array.from({ length: 12 }, async () => await schedule.take(2, 90)),
    );
    const all = waits(taken.flat()).toSorted((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: 24 }, (_, at) => expect.closeTo(at * 1.067, 6)));
  });

  it('are as many as are free, and counting takes none', async () => {
    const { schedule } = await aSchedule();
    expect(await schedule.countFree(90)).toBe(85);
    expect(await schedule.take(80, 90)).toHaveLength(80);
    expect(await schedule.countFree(90)).toBe(5);
    expect(await schedule.take(80, 90)).toHaveLength(5);
    expect(await schedule.take(80, 90)).toEqual([]);
  });

  it('follow another plan from the next one on', async () => {
    const { schedule, withRates, waits, at } = await aSchedule();
    await schedule.take(10, 90);
    at(60);
    const faster = withRates({ perMinute: 240, perDay: 12_000 });
    expect(waits(await faster.take(3, 90))).toEqual([60, 60.267, 60.534]);
  });

  it('are written down so that a person can read them', async () => {
    const { schedule, table } = await aSchedule();
    await schedule.take(3, 90);
    expect(await table.get(uploadScheduleKey)).toMatchObject({
      nextFreeAt: '2026-10-01T00:00:03.201Z',
      spent: [{ from: '2026-10-01T00:00:00.000Z', count: 3 }],
    });
  });

  it('go on from what an older version wrote', async () => {
    const { schedule, table, waits } = await aSchedule();
    await table.putAll([{ ...uploadScheduleKey, nextFreeAt: atSecond(20).toISOString() }]);
    expect(waits(await schedule.take(1, 90))).toEqual([20]);
  });
});

describe('a provider that asks for peace', () => {
  it('has it for as long as it asks, and the moments go on after that', async () => {
    const { schedule, at, waits } = await aSchedule();
    await schedule.pushBack(30);
    expect(await schedule.isPaused()).toBe(true);
    expect(waits(await schedule.take(2, 90))).toEqual([30, 31.067]);
    at(30);
    expect(await schedule.isPaused()).toBe(false);
  });

  it('has the longest that it asked for', async () => {
    const { schedule, at } = await aSchedule();
    await schedule.pushBack(3_000);
    await schedule.pushBack(10);
    await schedule.pushBack(7_000);
    at(6_999);
    expect(await schedule.isPaused()).toBe(true);
    at(7_000);
    expect(await schedule.isPaused()).toBe(false);
  });

  it('without saying for how long is left alone for longer each time, up to an hour', async () => {
    const { schedule, table, at } = await aSchedule();
    let second = 0;
    const pauses: number[] = [];
    for (let time = 0; time < 9; time++) {
      // Those who were refused together make one pause.
      await Promise.all([1, 2, 3].map(() => schedule.pushBack(undefined)));
      const { pauseSeconds } = (await table.get(uploadScheduleKey)) as { pauseSeconds: number };
      pauses.push(pauseSeconds);
      at(second + pauseSeconds - 1);
      expect(await schedule.isPaused()).toBe(true);
      second += pauseSeconds;
      at(second);
      expect(await schedule.isPaused()).toBe(false);
    }
    expect(pauses).toEqual([60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600]);
    at(second + 3_601);
    await schedule.pushBack(undefined);
    at(second + 3_601 + 60);
    expect(await schedule.isPaused()).toBe(false);
  });
});

describe('a date that a wrong clock left', () => {
  it('weeks ahead stops nobody', async () => {
    const { schedule, table, waits } = await aSchedule();
    await table.putAll([{ ...uploadScheduleKey, nextFreeAt: atSecond(1_209_600).toISOString() }]);
    expect(waits(await schedule.take(1, 90))).toEqual([0]);
  });
});

describe('a moment given back', () => {
  it('does not count against the day', async () => {
    const { table, withRates } = await aSchedule();
    const schedule = withRates({ perMinute: 60, perDay: 2 });
    const [first] = await schedule.take(2, 90);
    expect(await schedule.countFree(90)).toBe(0);
    await schedule.giveBack(first as Date);
    expect(await schedule.countFree(90)).toBe(1);
    expect(await table.get(uploadScheduleKey)).toMatchObject({ spent: [{ count: 1 }] });
  });
});

describe('a provider that asks for no time at all', () => {
  it('is believed once, and less and less', async () => {
    const { schedule, table, at } = await aSchedule();
    const pauses: unknown[] = [];
    let second = 0;
    for (let time = 0; time < 4; time++) {
      await schedule.pushBack(0);
      const { pauseSeconds } = (await table.get(uploadScheduleKey)) as { pauseSeconds: number };
      pauses.push(pauseSeconds);
      second += pauseSeconds;
      at(second);
    }
    expect(pauses).toEqual([1, 2, 4, 8]);
  });
});

describe('a provider that fails', () => {
  it('now and then is asked on', async () => {
    const { schedule } = await aSchedule();
    for (let time = 0; time < 20; time++) {
      await schedule.noteFailure();
      await schedule.noteFailure();
      expect(await schedule.isPaused()).toBe(false);
      await schedule.noteSuccess();
    }
  });

  it('time and again is asked more and more rarely, until it succeeds', async () => {
    const { schedule, table, at } = await aSchedule();
    const pauses: unknown[] = [];
    let second = 0;
    await schedule.noteFailure();
    await schedule.noteFailure();
    for (let time = 0; time < 12; time++) {
      // Those that were under way together say the same thing once.
      await schedule.noteFailure();
      await schedule.noteFailure();
      const { pauseSeconds } = (await table.get(uploadScheduleKey)) as { pauseSeconds: number };
      pauses.push(pauseSeconds);
      second += pauseSeconds;
      at(second);
    }
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600]);
    await schedule.noteSuccess();
    await schedule.noteFailure();
    expect(await schedule.isPaused()).toBe(false);
  });
});
