import { describe, expect, it } from 'vitest';
import { type BoxFixture, generalBatch, startBox } from '../support/box-fixture.ts';
import { waitFor } from '../support/wait-for.ts';

describe('which requests a fault strikes', () => {
  it('is those of one operation', async () => {
    const { box, call } = await startBox();
    box.faults.set({ kind: 'answer', status: 500, operation: 'batches.list' });
    expect((await call('GET', '/analyze/batches')).status).toBe(500);
    expect((await call('GET', '/assets')).status).toBe(200);
    expect((await call('GET', '/analyze/batches/xyz')).status).toBe(404);
  });

  it('is only creates of so many items: the batch must be split', async () => {
    const { box, call, readyAsset } = await startBox();
    const assetId = await readyAsset();
    box.faults.set({ kind: 'answer', status: 504, minItems: 3 });
    const create = (count: number) =>
      call('POST', '/analyze/batches', generalBatch(...Array<string>(count).fill(assetId)));
    expect((await create(3)).status).toBe(504);
    expect((await create(2)).status).toBe(201);
    expect((await call('GET', '/assets')).status).toBe(200);
    expect(box.batches()).toMatchObject([{ total_items: 2 }]);
  });

  it('is so many, after so many', async () => {
    const { box, call } = await startBox();
    box.faults.set({ kind: 'answer', status: 500, skip: 1, times: 2 });
    expect(await statuses(call, 5)).toEqual([200, 500, 500, 200, 200]);
    expect(box.faults.list()).toMatchObject([{ met: 5, struck: 2 }]);
  });

  it('is by chance the same course with the same seed, another with another', async () => {
    const courseOf = async (seed: string) => {
      const { box, call } = await startBox();
      box.faults.set({ kind: 'answer', status: 500, probability: 0.5, seed });
      return await statuses(call, 24);
    };
    const first = await courseOf('a');
    expect(new Set(first)).toEqual(new Set([200, 500]));
    expect(await courseOf('a')).toEqual(first);
    expect(await courseOf('b')).not.toEqual(first);
  });

  it('is none when it is ended', async () => {
    const { box, call } = await startBox();
    const faultId = box.faults.set({ kind: 'answer', status: 500 });
    expect(box.faults.end(faultId)).toBe(true);
    expect(await statuses(call, 1)).toEqual([200]);
  });

  it('is none without the key, and none of the routes that do not exist', async () => {
    const { box, call } = await startBox();
    box.faults.set({ kind: 'answer', status: 500 });
    const response = await fetch(`${box.baseUrl}/assets`, { headers: { 'x-api-key': 'another' } });
    expect(response.status).toBe(401);
    expect((await call('GET', '/nothing')).status).toBe(404);
    expect(box.faults.list()).toMatchObject([{ met: 0 }]);
  });
});

describe('a request that is refused anyway', () => {
  it.each([
    ['a lost reply', { kind: 'lose-reply' } as const],
    ['a lost request', { kind: 'lose-request' } as const],
  ])('is not answered after %s', async (_, fault) => {
    const { box, call } = await startBox();
    box.faults.set(fault);
    await expect(call('GET', '/analyze/batches/xyz')).rejects.toThrow('fetch');
  });

  it.each([true, false])('is answered otherwise (after work: %o)', async (afterWork) => {
    const { box, call } = await startBox();
    box.faults.set({ kind: 'answer', status: 503, code: 'busy', afterWork });
    const { status, body } = await call('POST', '/analyze/batches', { requests: [] });
    expect({ status, body }).toMatchObject({ status: 503, body: { error: { code: 'busy' } } });
    expect(box.batches()).toEqual([]);
  });

  it('has its refusal cut', async () => {
    const { box, call } = await startBox();
    box.faults.set({ kind: 'cut', afterBytes: 9, ending: 'clean' });
    const response = await fetch(`${box.baseUrl}/analyze/batches/xyz`, {
      headers: { 'x-api-key': 'tlk_box' },
    });
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('{"error":');
    box.faults.clear();
    expect((await call('GET', '/analyze/batches/xyz')).text).toMatch(/^{"error":/);
  });
});

describe('several faults at once', () => {
  it('all strike: an answer that is another one, late, and cut', async () => {
    const { box, clock } = await startBox();
    box.faults.set({ kind: 'answer', status: 500, body: { text: '0123456789' }, afterWork: true });
    box.faults.set({ kind: 'slow', ms: 5_000 });
    box.faults.set({ kind: 'cut', afterBytes: 4, ending: 'clean' });
    const asked = fetch(`${box.baseUrl}/assets`, { headers: { 'x-api-key': 'tlk_box' } });
    await waitFor(() => clock.untilNextTimerMs() === 5_000);
    await clock.advance(5_000);
    const response = await asked;
    expect({ status: response.status, text: await response.text() }).toEqual({
      status: 500,
      text: '0123',
    });
  });

  it('of one kind strike one after the other', async () => {
    const { box, call } = await startBox();
    for (const status of [500, 429, 503]) box.faults.set({ kind: 'answer', status, times: 1 });
    expect(await statuses(call, 4)).toEqual([500, 429, 503, 200]);
  });
});

async function statuses(call: BoxFixture['call'], times: number): Promise<number[]> {
  const seen: number[] = [];
  for (let count = 0; count < times; count += 1) seen.push((await call('GET', '/assets')).status);
  return seen;
}
