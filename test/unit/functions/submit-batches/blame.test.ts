import { describe, expect, it } from 'vitest';
import { blame, namedIn } from '../../../../functions/submit-batches/blame.ts';
import type { ProviderRefusedError } from '../../../../shared/twelvelabs/errors.ts';
import { ProviderSilentError } from '../../../../shared/twelvelabs/errors.ts';
import type { Asset } from '../../../../shared/twelvelabs/schemas.ts';
import { assetIdOf, assetsWith, claimedAnalyses, customIdAt, refusal } from './batcher-parts.ts';

/** Who of so many is to blame, where the provider lists these. */
async function blameAmong(
  count: number,
  assets: readonly Asset[] | Error,
  error: ProviderRefusedError = refusal(400),
) {
  const pages: (readonly string[])[] = [];
  const analyses = claimedAnalyses(count);
  const known = await blame(analyses, error, {
    listAssets: async (ids) => {
      pages.push(ids);
      if (assets instanceof Error) throw assets;
      return assets.filter(({ _id }) => ids.includes(_id));
    },
  });
  const placeOf = (analysis: (typeof analyses)[number]) => analyses.indexOf(analysis);
  return {
    pages,
    failed: known.failed.map(({ analysis, reason }) => [placeOf(analysis), reason] as const),
    unready: known.unready.map(placeOf),
    named: known.named.map(placeOf),
    seen: known.seen,
  };
}

describe('by the assets', () => {
  it('those are to blame that failed, in the provider’s words, or are processing', async () => {
    const [first, ...others] = assetsWith(['failed', 'processing', 'ready', 'failed', 'waiting']);
    const words = { ...first, error: { message: 'no picture' } } as Asset;
    const { failed, unready, seen } = await blameAmong(5, [words, ...others]);
    expect(failed).toEqual([
      [0, { code: 'asset_failed', message: 'no picture' }],
      [3, { code: 'asset_failed', message: expect.stringMatching(/\w/) }],
    ]);
    expect(unready).toEqual([1]);
    expect(seen).toBe(5);
  });

  it.each([
    ['null', null],
    ['empty', {}],
    ['without words', { message: null }],
  ])('one is to blame whose error is %s', async (_, error) => {
    const [asset] = assetsWith(['failed']) as [Asset];
    const { failed } = await blameAmong(1, [{ ...asset, error }]);
    expect(failed).toMatchObject([[0, { code: 'asset_failed' }]]);
  });

  it('keeps of endless words only some', async () => {
    const [asset] = assetsWith(['failed']) as [Asset];
    const error = { message: 'word '.repeat(9_999) };
    const { failed } = await blameAmong(1, [{ ...asset, error }]);
    expect(failed[0]?.[1].message.length).toBeLessThanOrEqual(1_000);
  });

  it('nobody is to blame whom the list lacks', async () => {
    const { failed, unready, seen } = await blameAmong(3, assetsWith(['ready']));
    expect([failed, unready, seen]).toEqual([[], [], 1]);
  });

  it('none is shown: the account may be another', async () => {
    expect(await blameAmong(3, [])).toMatchObject({ failed: [], unready: [], seen: 0 });
  });

  it.each([
    ['silent', new ProviderSilentError('no answer')],
    ['refusing', refusal(500)],
  ])('nothing is known from a provider that is %s', async (_, error) => {
    const words = refusal(400, 'invalid', 'requests[1]');
    expect(await blameAmong(3, error, words)).toMatchObject({
      failed: [],
      unready: [],
      named: [1],
      seen: undefined,
    });
  });

  it('a defect of ours is none of the provider’s', async () => {
    await expect(blameAmong(1, new TypeError('a defect'))).rejects.toThrow('a defect');
  });

  it.each([
    [1, [1]],
    [50, [50]],
    [51, [50, 1]],
    [120, [50, 50, 20]],
  ])('%d are asked for in pages of %j, and the last is found', async (count, sizes) => {
    const last: Asset = { _id: assetIdOf(count - 1), status: 'failed' };
    const { pages, failed } = await blameAmong(count, [last]);
    expect(pages.map((ids) => ids.length)).toEqual(sizes);
    expect(failed).toMatchObject([[count - 1, { code: 'asset_failed' }]]);
  });
});

describe('by the provider’s words', () => {
  it.each<[string, number[]]>([
    [`the asset ${assetIdOf(2)} was not found`, [2]],
    [`${assetIdOf(1)}, ${assetIdOf(3)}: not ready`, [1, 3]],
    [`custom_id "${customIdAt(4)}" is wrong`, [4]],
    ['requests[3].video is missing', [3]],
    ['requests.3.prompt: too long', [3]],
    ['body.requests[0] and requests[4]', [0, 4]],
    ['requests[3] requests[3] requests.3', [3]],
    [`requests[0] has asset ${assetIdOf(2)}`, [0, 2]],
    ['requests[11]', [11]],
    ['requests[12] is out of range, and so is requests.99999999999999999999', []],
    ['requests[-1], requests[], requests[x], requests.length, requests 3', []],
    ['pullrequests[3] are not ours', []],
    ['12 requests are too many', []],
    ['', []],
  ])('%j names %j of 12', async (words, places) => {
    const { named } = await blameAmong(12, assetsWith(['ready']), refusal(400, 'invalid', words));
    expect(named).toEqual(places);
  });

  it('in the details those are named too', async () => {
    const details = JSON.stringify({ errors: [{ loc: 'requests[2].video', asset: assetIdOf(0) }] });
    const error = refusal(400, 'invalid', 'see details', details);
    const { named } = await blameAmong(3, assetsWith(['ready']), error);
    expect(named).toEqual([0, 2]);
  });

  it('nobody is named by an id that it does not have', () => {
    const [first, second] = claimedAnalyses(2);
    if (!first || !second) throw new TypeError('two were made');
    const { customId: _, ...unclaimed } = first;
    expect(namedIn('undefined is not an id', [unclaimed, second])).toEqual([]);
  });
});
