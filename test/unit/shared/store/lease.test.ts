import { describe, expect, it } from 'vitest';
import { acquireLease, type Lease } from '../../../../shared/store/lease.ts';
import { createMemoryTable } from '../../../support/memory-table.ts';
import { atSecond } from '../../../support/rows.ts';
import { startTable } from '../../../support/start-table.ts';

const SECONDS = 300;

describe.each([
  ['in memory', async () => createMemoryTable()],
  ['as DynamoDB is', startTable],
])('a lease in a table %s', (_, start) => {
  async function aLease() {
    const table = await start();
    let second = 0;
    const now = () => atSecond(second);
    return {
      at: (seconds: number) => {
        second = seconds;
      },
      ask: (name = 'round') => acquireLease(table, name, SECONDS, now),
      take: async () => (await acquireLease(table, 'round', SECONDS, now)) as Lease,
    };
  }

  it('is held by one at a time, as long as it is renewed', async () => {
    const { at, ask, take } = await aLease();
    const lease = await take();
    expect(await ask()).toBe('taken');
    at(SECONDS - 1);
    expect(await lease.renew()).toBe(true);
    at(2 * SECONDS - 1);
    expect(await ask()).toBe('taken');
    expect(await ask('another')).toHaveProperty('renew');
  });

  it('goes to the next once its time is over, and can not be had back', async () => {
    const { at, ask, take } = await aLease();
    const late = await take();
    at(SECONDS + 1);
    const next = await take();
    expect(await late.renew()).toBe(false);
    await late.release(9_999);
    expect(await ask()).toBe('taken');
    expect(await next.renew()).toBe(true);
  });

  it('goes to the next as soon as it is given back', async () => {
    const { ask, take } = await aLease();
    const first = await take();
    await first.release();
    const next = await take();
    expect(await first.renew()).toBe(false);
    expect(await next.renew()).toBe(true);
    expect(await ask()).toBe('taken');
  });

  it('given back with a pause says how long that is still, to all who ask', async () => {
    const { at, ask, take } = await aLease();
    const lease = await take();
    at(10);
    await lease.release(60);
    expect(await ask()).toEqual({ pausedSeconds: 60 });
    at(30);
    expect(await ask()).toEqual({ pausedSeconds: 40 });
    at(69.5);
    expect(await ask()).toEqual({ pausedSeconds: 0.5 });
    at(70);
    expect(await ask()).toHaveProperty('renew');
    expect(await ask()).toBe('taken');
  });

  it.each([0, -5])('given back with a pause of %d s is free', async (pause) => {
    const { ask, take } = await aLease();
    await (await take()).release(pause);
    expect(await ask()).toHaveProperty('renew');
  });
});
