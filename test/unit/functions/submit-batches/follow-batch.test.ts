import { describe, expect, it } from 'vitest';
import { followBatch } from '../../../../functions/submit-batches/settle-intent.ts';
import type { Batch } from '../../../../shared/batch.ts';
import { aBatch, atSecond } from '../../../support/rows.ts';
import { claimedAnalyses, FIRST_BATCH, startParts } from './batcher-parts.ts';

const NOW = 1_000;
const reason = { code: 'never_sent', message: 'words' };

/** What becomes of two claimed analyses whose batch's row is this, if there is one. */
async function follow(batch: Partial<Batch> | undefined) {
  const claimed = claimedAnalyses(2);
  const row = batch && aBatch({ batchId: FIRST_BATCH, ...batch });
  const { deps, at, asked, analysisNow, batchNow } = await startParts({
    rows: row ? [row, ...claimed] : claimed,
  });
  at(NOW);
  await followBatch(FIRST_BATCH, claimed, deps);
  expect(asked).toEqual([]);
  expect(await batchNow()).toEqual(row);
  return await Promise.all(claimed.map(analysisNow));
}

describe('claimed analyses', () => {
  it.each(['abandoned', 'disowned'] as const)(
    'of a batch that is %s are free, and say why',
    async (state) => {
      for (const row of await follow({ state, reason })) {
        expect(row).toMatchObject({ state: 'queued', dueAt: row.queuedAt, reason });
        for (const gone of ['batchId', 'customId']) expect(row).not.toHaveProperty(gone);
      }
    },
  );

  it.each(['abandoned', 'disowned'] as const)(
    'of a batch that was called off and is %s are over',
    async (state) => {
      for (const row of await follow({ state, cancelRequestedAt: atSecond(1).toISOString() })) {
        expect(row).toMatchObject({ state: 'failed', reason: { code: 'canceled_by_operator' } });
      }
    },
  );

  it('of a batch that is still in doubt wait on', async () => {
    const dueAt = atSecond(NOW + 900).toISOString();
    for (const row of await follow({ state: 'intended' })) {
      expect(row).toMatchObject({ state: 'submitting', dueAt, batchId: FIRST_BATCH });
    }
  });

  it.each(['active', 'closed'] as const)('of a batch that is %s were submitted', async (state) => {
    const dueAt = atSecond(9_000 + 6 * 3_600).toISOString();
    for (const row of await follow({ state, expiresAt: atSecond(9_000).toISOString() })) {
      expect(row).toMatchObject({ state: 'submitted', batchId: FIRST_BATCH, dueAt });
    }
  });

  it('whose batch’s row was deleted fail, and say that they may have been paid', async () => {
    const message = expect.stringContaining('may have been paid');
    for (const row of await follow(undefined)) {
      expect(row).toMatchObject({
        state: 'failed',
        reason: { code: 'batch_row_missing', message },
      });
    }
  });
});
