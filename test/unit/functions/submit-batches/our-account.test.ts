import { describe, expect, it } from 'vitest';
import { isOurAccount } from '../../../../functions/submit-batches/our-account.ts';
import { type ProviderError, ProviderSilentError } from '../../../../shared/twelvelabs/errors.ts';
import { aBatch, atSecond } from '../../../support/rows.ts';
import {
  aProviderBatch,
  assetsWith,
  type Provider,
  queuedAnalyses,
  refusal,
  startParts,
} from './batcher-parts.ts';

/** Our batches, the higher its number the later it came to its state. */
const ofState = (state: 'active' | 'closed', count: number) =>
  Array.from({ length: count }, (_, at) =>
    aBatch({
      state,
      batchId: `${state}-${at}`,
      providerBatchId: `provider-${state}-${at}`,
      stateSince: atSecond(at).toISOString(),
    }),
  );

/** A provider that shows these assets and knows these batches. */
async function ask(
  { assets = [], known = [] }: { assets?: string[]; known?: string[] },
  { analyses = 2, batches = [...ofState('active', 1), ...ofState('closed', 1)] } = {},
  unknown: ProviderError = refusal(404, 'not_found'),
) {
  const looked: string[] = [];
  const wanted: (readonly string[])[] = [];
  const provider: Partial<Provider> = {
    listAssets: async (ids) => {
      wanted.push(ids);
      return assetsWith(assets);
    },
    retrieveBatch: async (batch_id) => {
      looked.push(batch_id);
      if (known.includes(batch_id)) return aProviderBatch({ batch_id });
      throw unknown;
    },
  };
  const { deps } = await startParts({ rows: batches, provider });
  return { isOurs: isOurAccount(queuedAnalyses(analyses), deps), looked, wanted };
}

describe('an account is ours', () => {
  it('that shows one of the assets, and no batch is asked for', async () => {
    const { isOurs, looked } = await ask({ assets: ['processing'] });
    expect(await isOurs).toBe('yes');
    expect(looked).toEqual([]);
  });

  it.each(['provider-active-0', 'provider-closed-0'])('that knows our batch %s', async (batch) => {
    const { isOurs } = await ask({ known: [batch] });
    expect(await isOurs).toBe('yes');
  });

  it('or not, when we have no batch that it could know', async () => {
    const { isOurs, looked } = await ask({}, { batches: [] });
    expect(await isOurs).toBe('unknown');
    expect(looked).toEqual([]);
  });

  it('or not, when the only batch is one of nothing, that never was there', async () => {
    const { isOurs, looked } = await ask({}, { batches: [aBatch({ itemCount: 0 })] });
    expect(await isOurs).toBe('unknown');
    expect(looked).toEqual([]);
  });
});

describe('an account is not ours', () => {
  it.each([403, 404])('that answers each time with %d', async (status) => {
    const { isOurs, looked } = await ask({}, {}, refusal(status));
    expect(await isOurs).toBe('no');
    expect(looked).toEqual(['provider-active-0', 'provider-closed-0']);
  });

  it('though it knows batches of ours, if only from long ago', async () => {
    const batches = [...ofState('active', 9), ...ofState('closed', 9)];
    const { isOurs, looked } = await ask({ known: ['provider-active-5'] }, { batches });
    expect(await isOurs).toBe('no');
    expect(looked).toEqual(
      ['active', 'closed'].flatMap((state) => [8, 7, 6].map((at) => `provider-${state}-${at}`)),
    );
  });
});

describe('whose account it is', () => {
  it('is asked with no more assets than a page shows, and with none of none', async () => {
    const many = await ask({ assets: ['ready'] }, { analyses: 51, batches: [] });
    await many.isOurs;
    expect(many.wanted.map((ids) => ids.length)).toEqual([50]);
    const none = await ask({}, { analyses: 0 });
    expect(await none.isOurs).toBe('no');
    expect(none.wanted).toEqual([]);
  });

  it.each([
    ['silence', new ProviderSilentError('no answer')],
    ['a 401', refusal(401, 'api_key_invalid')],
    ['a 429', refusal(429, 'too_many_requests')],
    ['a 500', refusal(500)],
  ])('can not be told after %s', async (_, error) => {
    const { isOurs } = await ask({}, {}, error);
    await expect(isOurs).rejects.toBe(error);
  });
});
