import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { findBatch } from '../../../../functions/submit-batches/find-batch.ts';
import type { Batch } from '../../../../shared/batch.ts';
import { ProviderSilentError } from '../../../../shared/twelvelabs/errors.ts';
import type { ProviderBatch } from '../../../../shared/twelvelabs/schemas.ts';
import { aBatch, atSecond } from '../../../support/rows.ts';
import {
  anIntent,
  aProviderBatch,
  assetsWith,
  claimedAnalyses,
  customIdAt,
  listing,
  type Provider,
  refusal,
  resultLine,
  resultsOf,
  startParts,
} from './batcher-parts.ts';

type Results = Record<string, readonly (string | null)[] | Error | AsyncIterable<Uint8Array>>;

/** Looks for a batch of two where the list shows these, with these results. */
async function look(
  listed: readonly ProviderBatch[],
  results: Results = {},
  { second = 600, ours = [], listFails, assets = ['ready'], intent = {} }: Look = {},
) {
  const provider: Partial<Provider> = {
    listBatches: listing(listed, listFails),
    listAssets: async () => assetsWith(assets),
    retrieveBatch: () => Promise.reject(refusal(404)),
    openResults: async (batchId) => {
      const its = results[batchId] ?? [];
      if (its instanceof Error) throw its;
      return Array.isArray(its) ? resultsOf(its) : (its as AsyncIterable<Uint8Array>);
    },
  };
  const { deps, at, asked } = await startParts({ rows: ours, provider });
  at(second);
  const search = await findBatch(anIntent(intent), claimedAnalyses(2), deps);
  return { search, asked };
}

interface Look {
  readonly second?: number;
  readonly ours?: readonly Batch[];
  readonly listFails?: Error;
  readonly assets?: string[];
  readonly intent?: Partial<Batch>;
}

const MINE = customIdAt(0);
const found = (batch: ProviderBatch) => ({ found: batch });
const absent = { absent: true };
const unknown = (code: string) => ({ unknown: expect.objectContaining({ code }) });
const batch = aProviderBatch();

describe('a batch in doubt is found', () => {
  it.each<[string, Results[string]]>([
    ['in its first line', [MINE, customIdAt(1)]],
    ['after a line astray that names an item of another batch', [customIdAt(0, 'other'), MINE]],
    ['after a line without a name', [null, MINE]],
    ['as the last of twenty lines', [...Array(19).fill('foreign'), MINE]],
  ])('by our id %s', async (_, lines) => {
    const large = aProviderBatch({ total_items: 30 });
    const { search } = await look([large], { 'provider-1': lines }, { intent: { itemCount: 30 } });
    expect(search).toEqual(found(large));
  });

  it.each([
    ['blank lines', '\n\n  \n\r\n'],
    ['lines that are no JSON', '<html>\n{"task_id":\n'],
    ['lines of another shape', '{}\n[]\nnull\n"x"\n'],
    ['bytes that are no text', '\xff\xfe\n'],
  ])('though %s come first', async (_, garbage) => {
    async function* garbled() {
      yield Buffer.from(garbage.repeat(30), 'latin1');
      yield resultLine(MINE);
    }
    const { search } = await look([batch], { 'provider-1': garbled() });
    expect(search).toEqual(found(batch));
  });

  it('among others of the same size, whose results are another’s or refused', async () => {
    const listed = ['a', 'b', 'c', 'd'].map((batch_id) => aProviderBatch({ batch_id }));
    const results = {
      a: [customIdAt(0, 'batch-9'), customIdAt(1, 'batch-9')],
      b: refusal(403),
      c: refusal(404),
      d: [MINE],
    };
    const { search } = await look(listed, results);
    expect(search).toEqual({ found: expect.objectContaining({ batch_id: 'd' }) });
  });

  it('though a list in another order begins with what is old', async () => {
    const old = aProviderBatch({ batch_id: 'old', created_at: atSecond(-86_401).toISOString() });
    const { search } = await look([old, batch], { 'provider-1': [MINE] });
    expect(search).toEqual({ found: expect.objectContaining({ batch_id: 'provider-1' }) });
  });

  it('though another before it does not tell yet', async () => {
    const listed = [aProviderBatch({ batch_id: 'a' }), batch];
    const { search } = await look(listed, { a: [], 'provider-1': [MINE] });
    expect(search).toEqual(found(batch));
  });

  it('where the provider does not say of which mode it is', async () => {
    for (const analysis_mode of [null, undefined]) {
      const listed = { ...batch, analysis_mode };
      expect((await look([listed], { 'provider-1': [MINE] })).search).toEqual(found(listed));
    }
  });

  it.each([-300, 0, 600])(
    'when it was created at second %d by the provider’s clock',
    async (second) => {
      const listed = aProviderBatch({ created_at: atSecond(second).toISOString() });
      const { search } = await look([listed], { 'provider-1': [MINE] });
      expect(search).toEqual(found(listed));
    },
  );

  it('when the provider’s time of creation can not be read', async () => {
    const listed = aProviderBatch({ created_at: 'yesterday' });
    expect((await look([listed], { 'provider-1': [MINE] })).search).toEqual(found(listed));
  });
});

describe('a batch in doubt is absent', () => {
  it.each<[string, Partial<ProviderBatch>]>([
    ['of another size', { total_items: 3 }],
    ['of another mode', { analysis_mode: 'time_based_metadata' }],
    ['a day older than the intent', { created_at: atSecond(-86_401).toISOString() }],
  ])('where all that is listed is %s, and no results are read', async (_, fields) => {
    const { search, asked } = await look([aProviderBatch(fields)]);
    expect(search).toEqual(absent);
    expect(asked).not.toContain('openResults');
  });

  it('where what is listed is another batch of ours, long known', async () => {
    const ours = [aBatch({ batchId: 'batch-7', providerBatchId: 'provider-1' })];
    const { search, asked } = await look([batch], { 'provider-1': [MINE] }, { ours });
    expect(search).toEqual(absent);
    expect(asked).not.toContain('openResults');
  });

  it.each<[string, Results[string]]>([
    ['name items of others', ['foreign', 'also-foreign']],
    ['have no names', [null, null]],
    ['name items of another batch of ours', [customIdAt(0, 'batch-9'), customIdAt(1, 'batch-9')]],
    ['only begin with our id', ['batch-0', 'batch-0-1']],
  ])('where the results of what is listed %s', async (_, lines) => {
    expect((await look([batch], { 'provider-1': lines })).search).toEqual(absent);
  });

  it('after twenty lines that name others, however many are still to come', async () => {
    let read = 0;
    async function* endless() {
      for (; read < 1_000; read += 1) yield resultLine('foreign');
    }
    const large = aProviderBatch({ total_items: 1_000 });
    const intent = { itemCount: 1_000 };
    const { search } = await look([large], { 'provider-1': endless() }, { intent });
    expect(search).toEqual(absent);
    expect(read).toBeLessThan(50);
  });

  it('where nothing is listed, by an account that shows our assets', async () => {
    expect((await look([])).search).toEqual(absent);
  });
});

describe('it can not be told whether a batch exists', () => {
  it.each<[string, Results[string]]>([
    ['nothing', []],
    ['only a line astray', ['foreign']],
    ['only lines that can not be read', Readable.from([Buffer.from('<html>\n'.repeat(30))])],
  ])('while one that may be it shows %s', async (_, lines) => {
    const { search } = await look([batch], { 'provider-1': lines });
    expect(search).toEqual(unknown('batch_not_told'));
  });

  it.each([
    ['silent', new ProviderSilentError('cut'), 'provider_silent'],
    ['failing', refusal(500), 'http_500'],
    ['refused to this key', refusal(401, 'api_key_invalid'), 'api_key_invalid'],
    ['not there yet', refusal(409, 'not_ready'), 'not_ready'],
    ['refused', refusal(403), 'batch_not_told'],
    ['gone', refusal(404), 'batch_not_told'],
  ])('while the results of one that may be it are %s', async (_, error, code) => {
    expect((await look([batch], { 'provider-1': error })).search).toEqual(unknown(code));
  });

  it('while its results are cut', async () => {
    async function* cut() {
      yield resultLine('foreign');
      throw new ProviderSilentError('the results were cut');
    }
    const { search } = await look([batch], { 'provider-1': cut() });
    expect(search).toEqual(unknown('provider_silent'));
  });

  it('while the list breaks off in the middle', async () => {
    const listFails = new ProviderSilentError('no answer');
    const { search } = await look([aProviderBatch({ total_items: 9 })], {}, { listFails });
    expect(search).toEqual(unknown('provider_silent'));
  });

  it('by the key of another account', async () => {
    const { search } = await look([], {}, { assets: [], ours: [aBatch()] });
    expect(search).toEqual(unknown('account_without_our_work'));
  });

  it('while the account can not be told', async () => {
    const ours = [aBatch()];
    const { deps, at } = await startParts({
      rows: ours,
      provider: { listBatches: listing([]), listAssets: () => Promise.reject(refusal(500)) },
    });
    at(600);
    expect(await findBatch(anIntent(), claimedAnalyses(2), deps)).toEqual(unknown('http_500'));
  });
});

it.each([
  [25 * 3_600, unknown('account_without_our_work')],
  [31 * 24 * 3_600, unknown('account_without_our_work')],
  [31 * 24 * 3_600 + 1, absent],
])('after %d s the account matters: a batch is kept for a month', async (second, expected) => {
  const { search } = await look([], {}, { second, assets: [], ours: [aBatch()] });
  expect(search).toEqual(expected);
});

it('a defect of ours is no answer of the provider’s', async () => {
  const listFails = new TypeError('a defect');
  await expect(look([], {}, { listFails })).rejects.toThrow('a defect');
});
