import { describe, expect, it } from 'vitest';
import { backInQueue, canceledByOperator } from '../../../shared/back-in-queue.ts';
import { createStore } from '../../../shared/store/store.ts';
import { createWaitingRoom } from '../../../shared/waiting-room.ts';
import { fakeLog } from '../../support/fakes.ts';
import { createMemoryTable } from '../../support/memory-table.ts';
import { anAnalysis, atSecond } from '../../support/rows.ts';

const CALLED_OFF = { cancelRequestedAt: atSecond(5).toISOString() };
const reason = { code: 'batch_expired', message: 'words' };

describe('an analysis whose batch left it undone', () => {
  it.each([0, 100, 86_400, -60])('queued %d s ago goes back to its old place', async (seconds) => {
    const now = () => atSecond(1_000);
    const table = createMemoryTable();
    const log = fakeLog();
    const store = createStore(table, now, log);
    const queuedAt = atSecond(1_000 - seconds).toISOString();
    const submitting = anAnalysis({ state: 'submitting', stage: 'settle-batches', queuedAt });
    await table.putAll([submitting]);
    const step = backInQueue(submitting, undefined, now(), { reason, setbacks: 1 });
    await createWaitingRoom({ store, queues: {}, now, log }).move(submitting, step);
    expect(await store.read(submitting)).toMatchObject({
      state: 'queued',
      stage: 'submit-batches',
      queuedAt,
      dueAt: queuedAt,
      dueBy: 'clock',
      reason,
      setbacks: 1,
    });
  });

  it.each([
    ['it', CALLED_OFF, undefined],
    ['its batch', {}, CALLED_OFF],
    ['both', CALLED_OFF, CALLED_OFF],
  ])('is over where an operator called off %s', (_, analysis, batch) => {
    const step = backInQueue(anAnalysis(analysis), batch, atSecond(9), { reason, setbacks: 1 });
    const message = 'not tried again, for an operator canceled it; before that: words';
    const set = { reason: { code: 'canceled_by_operator', message }, setbacks: 1 };
    expect(step).toEqual({ to: 'failed', set });
  });

  it('is over without other words where there are none', () => {
    const step = backInQueue(anAnalysis(CALLED_OFF), undefined, atSecond(9), {});
    expect(step).toEqual({ to: 'failed', set: { reason: canceledByOperator } });
  });

  it.each([undefined, {}])('goes back where its batch was %j', (batch) => {
    expect(backInQueue(anAnalysis(), batch, atSecond(9), {})).toMatchObject({ to: 'queued' });
  });
});
