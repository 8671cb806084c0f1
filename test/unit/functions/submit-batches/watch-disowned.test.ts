import { describe, expect, it } from 'vitest';
import { watchDisowned } from '../../../../functions/submit-batches/watch-disowned.ts';
import type { Batch } from '../../../../shared/batch.ts';
import { ProviderSilentError } from '../../../../shared/twelvelabs/errors.ts';
import type { ProviderBatch } from '../../../../shared/twelvelabs/schemas.ts';
import { atSecond } from '../../../support/rows.ts';
import {
  anIntent,
  aProviderBatch,
  customIdAt,
  listing,
  queuedAnalyses,
  refusal,
  resultsOf,
  startParts,
} from './batcher-parts.ts';

const DAY = 24 * 3_600;
const disowned = anIntent({
  state: 'disowned',
  reason: { code: 'never_created', message: 'the provider has no batch with its items' },
});

/** One look at a second, at a list that shows this, with a provider that cancels or does not. */
async function look(
  second: number,
  shows: readonly ProviderBatch[] | Error,
  { cancel = async () => aProviderBatch(), row = disowned }: LookOptions = {},
) {
  const canceled: string[] = [];
  const analyses = queuedAnalyses(2);
  const { deps, at, batchNow, analysisNow, log } = await startParts({
    rows: [row, ...analyses],
    provider: {
      listBatches: shows instanceof Error ? listing([], shows) : listing(shows),
      openResults: async () => resultsOf([customIdAt(1)]),
      cancelBatch: async (batchId) => {
        canceled.push(batchId);
        return await cancel();
      },
    },
  });
  at(second);
  await watchDisowned(disowned, deps);
  expect(await Promise.all(analyses.map(analysisNow))).toEqual(analyses);
  return { batch: await batchNow(), canceled, log };
}

interface LookOptions {
  readonly cancel?: () => Promise<ProviderBatch>;
  readonly row?: Batch;
}

const silence = new ProviderSilentError('no answer');

describe('a disowned batch', () => {
  it.each([
    [0, 120],
    [240, 120],
    [600, 300],
    [1_000, 500],
    [3_600, 600],
    [DAY - 1, 600],
  ])('after %d s without a sign is looked for again in %d s', async (second, seconds) => {
    for (const shows of [[], silence]) {
      const { batch } = await look(second, shows);
      const dueAt = atSecond(second + seconds).toISOString();
      expect(batch).toMatchObject({ state: 'disowned', dueAt });
    }
  });

  it.each([[[]], [silence]])('is given up for good after a day (%#)', async (shows) => {
    const { batch, canceled } = await look(DAY + 1, shows);
    expect(batch).toMatchObject({ state: 'abandoned', reason: { code: 'never_created' } });
    expect(canceled).toEqual([]);
  });

  it.each([600, DAY + 1])(
    'that turns up after %d s is called off and handed over',
    async (second) => {
      const expires_at = atSecond(DAY).toISOString();
      const { batch, canceled, log } = await look(second, [aProviderBatch({ expires_at })]);
      expect(batch).toMatchObject({
        state: 'active',
        stage: 'collect-results',
        providerBatchId: 'provider-1',
        expiresAt: expires_at,
        cancelRequestedAt: atSecond(second).toISOString(),
        dueAt: atSecond(second).toISOString(),
      });
      expect(canceled).toEqual(['provider-1']);
      expect(log.lines).toContainEqual(
        expect.objectContaining({ level: 'error', event: 'batch_turned_up' }),
      );
    },
  );

  it.each([
    ['is over by now', refusal(409, 'not_cancelable')],
    ['does not answer', silence],
  ])('that turns up is handed over though the provider’s %s', async (_, error) => {
    const cancel = () => Promise.reject(error);
    const { batch, log } = await look(600, [aProviderBatch()], { cancel });
    expect(batch).toMatchObject({
      state: 'active',
      cancelRequestedAt: atSecond(600).toISOString(),
    });
    expect(log.events()).toContain('batch_not_canceled');
  });

  it('that somebody else handed over meanwhile is not called off here', async () => {
    const row = { ...disowned, revision: 1 };
    const { batch, canceled } = await look(600, [aProviderBatch()], { row });
    expect(batch).toEqual(row);
    expect(canceled).toEqual([]);
  });

  it('does not hide a defect of ours', async () => {
    const cancel = () => Promise.reject(new TypeError('a defect'));
    await expect(look(600, [aProviderBatch()], { cancel })).rejects.toThrow('a defect');
  });
});
