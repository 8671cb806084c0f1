import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Batch,
  type BatchItem,
  batchBody,
  batchStatus,
  itemState,
} from '../../../../local/twelvelabs/batches/batch.ts';
import { planEnd } from '../../../../local/twelvelabs/batches/plan-end.ts';
import { BATCH_LIFETIME_MS } from '../../../../local/twelvelabs/settings.ts';

const followers: Readonly<Record<string, readonly string[]>> = {
  pending: ['processing', 'canceling', 'completed', 'expired', 'canceled'],
  processing: ['canceling', 'completed', 'expired', 'canceled'],
  canceling: ['canceled', 'expired'],
  queued: ['processing', 'ready', 'failed', 'canceled'],
};

const hour = 3_600_000;

const expiries = ['cancel-all', 'finish-processing', 'fail-processing'] as const;

const batches = fc
  .record({
    plans: fc.array(
      fc.record({
        startsAtMs: fc.integer({ min: 0, max: 30 * hour }),
        lastsMs: fc.integer({ min: 1, max: 5 * hour }),
        fails: fc.boolean(),
      }),
      { minLength: 1, maxLength: 8 },
    ),
    cancelAtMs: fc.option(fc.integer({ min: 0, max: 23 * hour }), { nil: undefined }),
    expiry: fc.constantFrom(...expiries),
  })
  .map(({ plans, cancelAtMs, expiry }) => makeBatch(plans, cancelAtMs, expiry));

const moments = fc
  .array(fc.integer({ min: 0, max: 40 * hour }), { minLength: 2, maxLength: 12 })
  .map((all) => all.toSorted((a, b) => a - b));

describe('the states of a batch', () => {
  it('only move forward, and a state that is final stays', async () => {
    await fc.assert(
      fc.property(batches, moments, (batch, times) => {
        // Only from the cancel on: how a batch ends is not known before.
        const seen = times.filter((time) => time >= (batch.cancelRequestedAtMs ?? 0));
        let before: string | undefined;
        for (const nowMs of seen) {
          const status = batchStatus(batch, nowMs);
          if (before !== undefined && before !== status) {
            expect(followers[before] ?? []).toContain(status);
          }
          before = status;
        }
      }),
    );
  });

  it('count every item once, and have none under way when it is over, or none queued', async () => {
    await fc.assert(
      fc.property(batches, moments, (batch, times) => {
        for (const nowMs of times) {
          const body = batchBody(batch, nowMs);
          const unfinished = body.queued_items + body.processing_items;
          const finished = body.ready_items + body.failed_items + body.canceled_items;
          expect(unfinished + finished).toBe(body.total_items);
          const mayGoOn = body.status === 'expired' && batch.expiry === 'finish-processing';
          if (nowMs >= batch.end.atMs) {
            expect(mayGoOn ? body.queued_items : unfinished).toBe(0);
          }
          if (body.status === 'completed') expect(body.canceled_items).toBe(0);
        }
      }),
    );
  });

  it('never change an item that is final', async () => {
    await fc.assert(
      fc.property(batches, moments, (batch, times) => {
        for (const item of batch.items) {
          const states = times.map((nowMs) => itemState(batch, item, nowMs).status);
          const final = states.findIndex((each) => ['ready', 'failed', 'canceled'].includes(each));
          if (final >= 0) expect(new Set(states.slice(final)).size).toBe(1);
        }
      }),
    );
  });

  it('end every item by the expiry, or as it would have ended if it was let finish', async () => {
    await fc.assert(
      fc.property(batches, (batch) => {
        for (const item of batch.items) {
          const { status, atMs = Infinity } = itemState(batch, item, Infinity);
          const isLate = atMs > BATCH_LIFETIME_MS;
          expect(isLate && batch.expiry !== 'finish-processing').toBe(false);
          if (isLate) expect(itemState(batch, item, BATCH_LIFETIME_MS).status).toBe('processing');
          expect(['ready', 'failed', 'canceled']).toContain(status);
          expect(itemState(batch, item, atMs)).toEqual(itemState(batch, item, Infinity));
          expect(itemState(batch, item, atMs - 1).status).not.toBe(status);
        }
      }),
    );
  });
});

describe('an item in process when its batch expires', () => {
  const item = { startsAtMs: 23 * hour, lastsMs: 2 * hour, fails: false };
  const queued = { startsAtMs: 24 * hour, lastsMs: hour, fails: false };

  it.each([
    ['cancel-all', 'canceled', 'batch_expired'],
    ['finish-processing', 'processing', undefined],
    ['fail-processing', 'failed', 'batch_processing_timeout'],
  ] as const)('by the reading %s is %s', (expiry, status, code) => {
    const batch = makeBatch([item, queued], undefined, expiry);
    expect(batch.end).toEqual({ status: 'expired', atMs: 24 * hour });
    const states = batch.items.map((each) => itemState(batch, each, 24 * hour));
    expect(states.map((each) => each.status)).toEqual([status, 'canceled']);
    expect(states.map((each) => each.error?.code)).toEqual([code, 'batch_expired']);
  });

  it.each([false, true])('ends after it by finish-processing (fails: %s)', (fails) => {
    const batch = makeBatch([{ ...item, fails }], undefined, 'finish-processing');
    const [only] = batch.items;
    expect(only && itemState(batch, only, 25 * hour)).toMatchObject({
      status: fails ? 'failed' : 'ready',
      atMs: 25 * hour,
    });
    expect(batchStatus(batch, 25 * hour)).toBe('expired');
  });
});

function makeBatch(
  plans: readonly { startsAtMs: number; lastsMs: number; fails: boolean }[],
  cancelAtMs: number | undefined,
  expiry: Batch['expiry'],
): Batch {
  const items = plans.map(
    ({ startsAtMs, lastsMs, fails }, index): BatchItem => ({
      taskId: `task-${index}`,
      customId: null,
      assetId: 'asset',
      filename: 'asset.mp4',
      facts: {
        sizeBytes: 1,
        durationSeconds: 10,
        mimeType: 'video/mp4',
        containerFormat: 'mov',
        videoStreamCount: 1,
        audioStreamCount: 0,
      },
      settings: {},
      startsAtMs,
      endsAtMs: startsAtMs + lastsMs,
      ...(fails && { failure: { code: 'asset_unavailable', message: 'gone' } }),
    }),
  );
  const planned = {
    batchId: 'batch',
    analysisMode: 'general' as const,
    modelName: 'pegasus1.5',
    createdAtMs: 0,
    expiresAtMs: BATCH_LIFETIME_MS,
    expiry,
    items,
    webhooks: [],
  };
  const complete = { ...planned, end: planEnd(planned, 300) };
  // As the route does it: a batch that is over by then can't be canceled.
  if (cancelAtMs === undefined || cancelAtMs >= complete.end.atMs) return complete;
  const canceled = { ...planned, cancelRequestedAtMs: cancelAtMs };
  return { ...canceled, end: planEnd(canceled, 300) };
}
