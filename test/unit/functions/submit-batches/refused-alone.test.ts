import { describe, expect, it } from 'vitest';
import { afterRefusal } from '../../../../functions/submit-batches/after-refusal.ts';
import type { Analysis } from '../../../../shared/analysis.ts';
import type { ProviderRefusedError } from '../../../../shared/twelvelabs/errors.ts';
import { atSecond } from '../../../support/rows.ts';
import {
  anIntent,
  assetsWith,
  claimedAnalyses,
  FIRST_BATCH,
  refusal,
  startParts,
} from './batcher-parts.ts';

const NOW = 100;
const inFiveMinutes = atSecond(NOW + 300).toISOString();

/** One analysis, refused with nobody beside it. */
async function refuseAlone(
  error: ProviderRefusedError,
  fields: Partial<Analysis> = {},
  asset = 'ready',
  isStubborn = false,
) {
  const intent = anIntent({ itemCount: 1 });
  const [analysis] = claimedAnalyses(1, FIRST_BATCH, fields) as [Analysis];
  const { deps, at, analysisNow, batchNow } = await startParts({
    rows: [intent, analysis],
    provider: { listAssets: async () => assetsWith([asset]) },
  });
  at(NOW);
  const outcome = await afterRefusal({ error, isStubborn }, intent, [analysis], deps);
  expect(await batchNow()).toMatchObject({ state: 'abandoned' });
  return { outcome, row: await analysisNow(analysis), analysis };
}

describe('an analysis that is refused alone', () => {
  it.each([
    [400, 'parameter_invalid'],
    [413, 'http_413'],
    [422, 'unprocessable'],
  ])(
    'with %d %s fails in the provider’s words, and its profile may be to blame',
    async (status, code) => {
      const marks = { refusedIn: 'batch-9', isSuspect: true };
      const { outcome, row, analysis } = await refuseAlone(refusal(status, code, 'no'), marks);
      expect(row).toMatchObject({ state: 'failed', reason: { code, message: 'no' } });
      expect(row).not.toHaveProperty('isSuspect');
      const blamed = { isAboutItsAsset: false, reason: 'no', freed: [] };
      expect(outcome).toEqual({ kind: 'refused-alone', analysis, ...blamed });
    },
  );

  it.each([
    [404, 'asset_not_found'],
    [403, 'read_not_allowed'],
  ])('with %d fails, which says nothing of its profile', async (status, code) => {
    const { outcome, row } = await refuseAlone(refusal(status, code));
    expect(row).toMatchObject({ state: 'failed', reason: { code } });
    expect(outcome).toMatchObject({ kind: 'refused-alone', isAboutItsAsset: true, freed: [] });
  });

  it('with 409 is left alone four times, longer each time, and then fails', async () => {
    const error = refusal(409, 'asset_not_ready', 'not ready');
    const waits: number[] = [];
    for (let unready = 0; waits.length < 9; ) {
      const { outcome, row } = await refuseAlone(error, { unready, isSuspect: true });
      expect(row).toMatchObject({ reason: { code: 'asset_not_ready', message: 'not ready' } });
      expect(row).not.toHaveProperty('isSuspect');
      expect(outcome).toMatchObject({ kind: 'refused-alone', isAboutItsAsset: true, freed: [] });
      if (row.state === 'failed') break;
      expect(row).not.toHaveProperty('batchId');
      waits.push((Date.parse(row.dueAt ?? '') - atSecond(NOW).getTime()) / 1000);
      unready = row.unready ?? 0;
    }
    expect(waits).toEqual([300, 600, 1_200, 2_400]);
  });

  it('with a gateway’s 404, though its asset is there, is no matter of its own: it waits', async () => {
    const { outcome, row } = await refuseAlone(refusal(404, 'http_404'));
    expect(outcome).toMatchObject({ kind: 'not-now', freed: [{ state: 'queued' }] });
    expect(row).toMatchObject({ state: 'queued', reason: { code: 'http_404' } });
  });

  it('with a gateway’s 404 again and again fails all the same, for it would hold up the others', async () => {
    const { outcome, row } = await refuseAlone(refusal(404, 'http_404'), {}, 'ready', true);
    expect(outcome).toMatchObject({ kind: 'refused-alone' });
    expect(row).toMatchObject({ state: 'failed', reason: { code: 'http_404' } });
  });

  it('because its asset failed fails for that, which says nothing of its profile', async () => {
    const { outcome, row } = await refuseAlone(refusal(400), {}, 'failed');
    expect(row).toMatchObject({ state: 'failed', reason: { code: 'asset_failed' } });
    expect(outcome).toMatchObject({ kind: 'refused', hasSuspects: false, freed: [] });
  });

  it('because its asset is processing again waits', async () => {
    const { outcome, row } = await refuseAlone(refusal(400), {}, 'processing');
    expect(row).toMatchObject({ state: 'queued', dueAt: inFiveMinutes });
    expect(outcome).toMatchObject({ kind: 'refused', hasSuspects: false, freed: [] });
  });

  it('because its asset is processing for ever fails after half a day or so', async () => {
    let hours = 0;
    for (let unready = 0; hours < 99; ) {
      const { row } = await refuseAlone(refusal(400), { unready }, 'processing');
      if (row.state === 'failed') break;
      hours += (Date.parse(row.dueAt ?? '') - atSecond(NOW).getTime()) / 3_600_000;
      unready = row.unready ?? 0;
    }
    expect(hours).toBeGreaterThan(6);
    expect(hours).toBeLessThan(13);
  });
});
