import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Batch,
  type BatchItem,
  batchBody,
  batchStatus,
  itemState,
  planEnd,
} from '../../../../local/twelvelabs/batches/batch.ts';
import { BATCH_LIFETIME_MS } from '../../../../local/twelvelabs/settings.ts';

const followers: Readonly<Record<string, readonly string[]>> = {
  pending: ['processing', 'canceling', 'completed', 'expired', 'canceled'],
  processing: ['canceling', 'completed', 'expired', 'canceled'],
  canceling: ['canceled', 'expired'],
  queued: ['processing', 'ready', 'failed', 'canceled'],
};

const hour = 3_600_000;

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
  })
  .map(({ plans, cancelAtMs }) => makeBatch(plans, cancelAtMs));

const moments = fc
  .array(fc.integer({ min: 0, max: 40 * hour }), { minLength: 2, maxLength: 12 })
  .map((all) => all.toSorted((a, b) => a - b));

describe('the states of a batch', () => {
  it('only move forward, and a state that is final stays', async () => {
    await fc.assert(
      fc.property(batches, moments, (batch, times) => {
        // A cancel is only seen from its own moment on; before it, the batch has not been canceled.
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

  it('count every item once, and have none under way when it is over', async () => {
    await fc.assert(
      fc.property(batches, moments, (batch, times) => {
        for (const nowMs of times) {
          const body = batchBody(batch, nowMs);
          const unfinished = body.queued_items + body.processing_items;
          const finished = body.ready_items + body.failed_items + body.canceled_items;
          expect(unfinished + finished).toBe(body.total_items);
          if (nowMs >= batch.end.atMs) expect(unfinished).toBe(0);
          if (body.status === 'completed') expect(body.canceled_items).toBe(0);
        }
      }),
    );
  });

  it('never change an item that is final', async () => {
    await fc.assert(
      fc.property(batches, moments, (batch, times) => {
        for (const item of batch.items) {
          const states = times
            .filter((time) => time >= (batch.cancelRequestedAtMs ?? 0))
            .map((nowMs) => itemState(batch, item, nowMs).status);
          const final = states.findIndex((each) => ['ready', 'failed', 'canceled'].includes(each));
          if (final >= 0) expect(new Set(states.slice(final)).size).toBe(1);
        }
      }),
    );
  });
});

function makeBatch(
  plans: readonly { startsAtMs: number; lastsMs: number; fails: boolean }[],
  cancelAtMs: number | undefined,
): Batch {
  const items = plans.map(
    ({ startsAtMs, lastsMs, fails }, index): BatchItem => ({
      taskId: `task-${index}`,
      customId: null,
      assetId: 'asset',
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
    items,
    webhooks: [],
  };
  const complete = { ...planned, end: planEnd(planned, 300) };
  // As the route does it: a batch that is over by then can't be canceled.
  if (cancelAtMs === undefined || cancelAtMs >= complete.end.atMs) return complete;
  const canceled = { ...planned, cancelRequestedAtMs: cancelAtMs };
  return { ...canceled, end: planEnd(canceled, 300) };
}
