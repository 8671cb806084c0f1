import { describe, expect, it } from 'vitest';
import { remember } from '../../../shared/remember.ts';

const ages = { value: 300, failure: 30, stale: 3_600 };

describe('what is read through a memory', () => {
  it('is asked for once a period, however many want it at once', async () => {
    const source = aSource();
    const values = await Promise.all(Array.from({ length: 100 }, () => source.read()));
    expect(new Set(values)).toEqual(new Set(['value 1']));
    source.letPass(299);
    expect(await source.read()).toBe('value 1');
    expect(source.asked()).toBe(1);
  });

  it('is asked for anew when the period is over', async () => {
    const source = aSource();
    await source.read();
    source.letPass(300);
    expect(await source.read()).toBe('value 2');
  });
});

describe('a source that is away', () => {
  it('is left alone for a while, and asked again then', async () => {
    const source = aSource();
    source.fail(true);
    for (let time = 0; time < 50; time++) await expect(source.read()).rejects.toThrow('away');
    expect(source.asked()).toBe(1);
    source.letPass(30);
    source.fail(false);
    expect(await source.read()).toBe('value 2');
  });

  it('is left alone too when it throws before it has begun', async () => {
    let asked = 0;
    const read = remember<string>(
      () => {
        asked += 1;
        throw new Error('away');
      },
      ages,
      () => 0,
    );
    await expect(read()).rejects.toThrow('away');
    await expect(read()).rejects.toThrow('away');
    expect(asked).toBe(1);
  });

  it('leaves the last value in use for an hour, and no longer', async () => {
    const source = aSource();
    await source.read();
    source.fail(true);
    for (let seconds = 0; seconds < 3_570; seconds += 30) {
      source.letPass(30);
      expect(await source.read()).toBe('value 1');
    }
    source.letPass(30);
    await expect(source.read()).rejects.toThrow('away');
  });
});

function aSource() {
  let nowMs = 0;
  let asked = 0;
  let isAway = false;
  return {
    read: remember(
      async () => {
        asked += 1;
        if (isAway) throw new Error('away');
        return `value ${asked}`;
      },
      ages,
      () => nowMs,
    ),
    asked: () => asked,
    fail: (is: boolean) => {
      isAway = is;
    },
    letPass: (seconds: number) => {
      nowMs += seconds * 1_000;
    },
  };
}
