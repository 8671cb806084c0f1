import { describe, expect, it } from 'vitest';
import { API_KEY, type BoxFixture, generalBatch, startBox } from '../support/box-fixture.ts';
import { waitFor } from '../support/wait-for.ts';

describe('a slow answer', () => {
  it('is held back until the clock has moved, though everything is done', async () => {
    const { box, call, clock, readyAsset } = await startBox();
    const batch = generalBatch(await readyAsset());
    box.faults.set({ kind: 'slow', ms: 5_000, operation: 'batches.create' });
    let status = 0;
    const answered = call('POST', '/analyze/batches', batch).then((answer) => {
      status = answer.status;
    });
    await waitFor(() => box.batches().length === 1);
    await clock.advance(4_999);
    await othersAreServed(call);
    expect(status).toBe(0);
    await clock.advance(1);
    await answered;
    expect(status).toBe(201);
  });

  it('is not held back by nothing', async () => {
    const { box, call } = await startBox();
    box.faults.set({ kind: 'slow', ms: 0 });
    expect((await call('GET', '/assets')).status).toBe(200);
  });

  it('may be a refusal', async () => {
    const { box, call, clock } = await startBox();
    box.faults.set({ kind: 'slow', ms: 5_000, operation: 'assets.retrieve' });
    const answered = call('GET', '/assets/0123456789abcdef01234567');
    await waitFor(() => clock.untilNextTimerMs() === 5_000);
    await clock.advance(5_000);
    expect((await answered).status).toBe(404);
  });

  it('comes for all that wait when the clock leaps', async () => {
    const { box, call, clock } = await startBox();
    box.faults.set({ kind: 'slow', ms: 3_600_000, times: 30 });
    const answers = Array.from({ length: 30 }, () => call('GET', '/assets'));
    await waitFor(() => box.faults.list()[0]?.struck === 30, { describe: () => box.faults.list() });
    await othersAreServed(call);
    await clock.leap(7_200_000);
    expect(new Set((await Promise.all(answers)).map((each) => each.status))).toEqual(
      new Set([200]),
    );
    expect(clock.untilNextTimerMs()).toBeUndefined();
  });

  it('never comes when the box closes meanwhile', async () => {
    const { box, call, clock } = await startBox();
    box.faults.set({ kind: 'slow', ms: 5_000 });
    const answers = Promise.allSettled([call('GET', '/assets'), call('GET', '/analyze/batches')]);
    await waitFor(() => box.faults.list()[0]?.struck === 2);
    await box.close();
    expect(clock.untilNextTimerMs()).toBeUndefined();
    expect((await answers).map((each) => each.status)).toEqual(['rejected', 'rejected']);
  });

  it('does no harm when its client has gone away meanwhile', async () => {
    const { box, call, clock, readyAsset } = await startBox();
    const body = JSON.stringify(generalBatch(await readyAsset()));
    box.faults.set({ kind: 'slow', ms: 5_000, times: 1 });
    const gone = new AbortController();
    const headers = { 'x-api-key': API_KEY, 'content-type': 'application/json' };
    const answered = fetch(`${box.baseUrl}/analyze/batches`, {
      method: 'POST',
      headers,
      body,
      signal: gone.signal,
    });
    await waitFor(() => box.batches().length === 1);
    gone.abort();
    await expect(answered).rejects.toThrow('aborted');
    await clock.advance(10_000);
    await othersAreServed(call);
    expect(box.batches()).toMatchObject([{ status: 'completed' }]);
  });
});

async function othersAreServed(call: BoxFixture['call']): Promise<void> {
  expect((await call('GET', '/analyze/batches')).status).toBe(200);
}
