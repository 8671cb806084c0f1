import { expect, it } from 'vitest';
import { generalBatch, startBox } from '../support/box-fixture.ts';
import { waitFor } from '../support/wait-for.ts';

it('does what was asked an hour after the connection ended unanswered', async () => {
  const { box, call, clock, readyAsset } = await startBox();
  const batch = generalBatch(await readyAsset());
  const hour = 3_600_000;
  box.faults.set({ kind: 'late', ms: hour, operation: 'batches.create', times: 1 });
  await expect(call('POST', '/analyze/batches', batch)).rejects.toThrow();
  await clock.advance(hour - 1);
  expect((await call('GET', '/analyze/batches')).body.data).toEqual([]);
  await clock.advance(1);
  await waitFor(() => box.batches().length === 1);
});

it('never does it when the box closes meanwhile', async () => {
  const { box, call, clock, readyAsset } = await startBox();
  const batch = generalBatch(await readyAsset());
  box.faults.set({ kind: 'late', ms: 1_000, operation: 'batches.create' });
  await expect(call('POST', '/analyze/batches', batch)).rejects.toThrow();
  await box.close();
  expect(clock.untilNextTimerMs()).toBeUndefined();
});
