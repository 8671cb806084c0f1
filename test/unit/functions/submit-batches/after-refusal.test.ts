import { describe, expect, it } from 'vitest';
import { afterRefusal } from '../../../../functions/submit-batches/after-refusal.ts';
import type { Analysis } from '../../../../shared/analysis.ts';
import type { ProviderRefusedError } from '../../../../shared/twelvelabs/errors.ts';
import type { Asset } from '../../../../shared/twelvelabs/schemas.ts';
import { aBatch, atSecond } from '../../../support/rows.ts';
import {
  anIntent,
  assetIdOf,
  assetsWith,
  claimedAnalyses,
  FIRST_BATCH,
  refusal,
  startParts,
} from './batcher-parts.ts';

const READY = ['ready', 'ready', 'ready', 'ready'];
const NOW = 100;

interface World {
  readonly analyses?: readonly Analysis[];
  readonly error?: ProviderRefusedError;
  readonly assets?: readonly Asset[] | Error;
  /** Whether the key knows the one batch that we have beside this. */
  readonly knowsOurs?: boolean;
  readonly isSettled?: boolean;
}

/** A batch of four, refused; what became of it. */
async function refuse({
  analyses = claimedAnalyses(4),
  error = refusal(400, 'parameter_invalid', 'no'),
  assets = assetsWith(READY),
  knowsOurs = false,
  isSettled = false,
}: World = {}) {
  const intent = anIntent({ itemCount: analyses.length });
  const rows = [isSettled ? { ...intent, revision: 1 } : intent, aBatch(), ...analyses];
  const { deps, at, asked, batchNow, analysisNow } = await startParts({
    rows,
    provider: {
      listAssets: async () => {
        if (assets instanceof Error) throw assets;
        return [...assets];
      },
      retrieveBatch: async () => {
        if (!knowsOurs) throw refusal(404);
        return { batch_id: 'b', status: 'completed', total_items: 1, created_at: '' } as never;
      },
    },
  });
  at(NOW);
  const refused = afterRefusal({ error, isStubborn: false }, intent, analyses, deps);
  const outcome = await refused.catch((thrown: unknown) => thrown as Error);
  return {
    outcome,
    asked,
    batch: await batchNow(),
    rows: await Promise.all(analyses.map(analysisNow)),
  };
}

const marksOf = (rows: readonly Analysis[]) =>
  rows.map(({ state, refusedIn, isSuspect }) => [state, refusedIn, isSuspect]);
const suspect = ['queued', FIRST_BATCH, true];
const free = ['queued', FIRST_BATCH, undefined];

describe('a batch that was refused', () => {
  it('is abandoned, and all in it are suspects when nothing tells who is to blame', async () => {
    const { outcome, batch, rows } = await refuse();
    const reason = { code: 'parameter_invalid', message: 'no' };
    expect(batch).toMatchObject({ state: 'abandoned', reason });
    expect(marksOf(rows)).toEqual(Array(4).fill(suspect));
    for (const row of rows) {
      expect(row).toMatchObject({ reason, dueAt: row.queuedAt });
      expect(row).not.toHaveProperty('batchId');
    }
    expect(outcome).toEqual({
      kind: 'refused',
      batchId: FIRST_BATCH,
      hasSuspects: true,
      freed: rows,
    });
  });

  it.each<[string, Asset[] | Error]>([
    ['does not say', refusal(500)],
    ['shows all of them', assetsWith(['ready', 'ready', 'ready', 'ready'])],
  ])('has suspects too while the provider %s', async (_, assets) => {
    const { outcome, rows } = await refuse({ assets });
    expect(marksOf(rows)).toEqual(Array(4).fill(suspect));
    expect(outcome).toMatchObject({ kind: 'refused', hasSuspects: true });
  });

  it('has those for suspects whose assets are not shown', async () => {
    const { outcome, rows } = await refuse({ assets: assetsWith(['ready']) });
    expect(marksOf(rows).slice(1)).toEqual(Array(3).fill(suspect));
    expect(marksOf(rows)[0]).not.toEqual(suspect);
    expect(outcome).toMatchObject({ kind: 'refused', hasSuspects: true });
  });

  it('has those for suspects whom the provider’s words name', async () => {
    const error = refusal(400, 'parameter_invalid', `asset ${assetIdOf(2)} is of a wrong kind`);
    const { outcome, rows } = await refuse({ error });
    expect(marksOf(rows)).toEqual([free, free, suspect, free]);
    expect(outcome).toEqual({
      kind: 'refused',
      batchId: FIRST_BATCH,
      hasSuspects: true,
      freed: rows,
    });
  });

  it('has those for suspects whom only the details name', async () => {
    const details = JSON.stringify({ path: 'requests[1].video' });
    const { rows } = await refuse({ error: refusal(400, 'invalid', 'no', details) });
    expect(marksOf(rows)).toEqual([free, suspect, free, free]);
  });

  it('ends those whose assets failed, and frees the others, named or not', async () => {
    const error = refusal(400, 'invalid', `requests[0] and ${assetIdOf(1)}`);
    const assets = assetsWith(['ready', 'failed', 'ready', 'ready']);
    const words = assets.map((it) => ({ ...it, error: { message: 'no video in it' } }));
    const { outcome, rows } = await refuse({ error, assets: words });
    expect(marksOf(rows)).toEqual([free, ['failed', undefined, undefined], free, free]);
    expect(rows[1]).toMatchObject({ reason: { code: 'asset_failed', message: 'no video in it' } });
    const freed = rows.filter(({ state }) => state === 'queued');
    expect(outcome).toEqual({ kind: 'refused', batchId: FIRST_BATCH, hasSuspects: false, freed });
  });

  it('lets those wait whose assets are processing again, and frees the others', async () => {
    const { outcome, rows } = await refuse({
      assets: assetsWith(['processing', 'ready', 'ready', 'processing']),
    });
    expect(marksOf(rows).slice(1, 3)).toEqual([free, free]);
    for (const row of [rows[0], rows[3]]) {
      const dueAt = atSecond(NOW + 300).toISOString();
      expect(row).toMatchObject({ state: 'queued', dueAt, reason: { code: 'parameter_invalid' } });
      expect(row).not.toHaveProperty('isSuspect');
    }
    expect(outcome).toMatchObject({ kind: 'refused', hasSuspects: false, freed: rows.slice(1, 3) });
  });

  it('frees nobody when all are to blame', async () => {
    const assets = assetsWith(['failed', 'failed', 'processing', 'failed']);
    const { outcome, rows } = await refuse({ assets });
    expect(rows.map(({ state }) => state)).toEqual(['failed', 'failed', 'queued', 'failed']);
    expect(outcome).toMatchObject({ kind: 'refused', hasSuspects: false, freed: [] });
  });

  it('in a search halves it, and asks for no assets again', async () => {
    const marks = { refusedIn: 'batch-9', isSuspect: true };
    const { outcome, rows, asked } = await refuse({
      analyses: claimedAnalyses(4, FIRST_BATCH, marks),
      error: refusal(400, 'invalid', 'requests[0]'),
    });
    expect(asked).toEqual([]);
    expect(marksOf(rows)).toEqual(Array(4).fill(suspect));
    expect(outcome).toMatchObject({ kind: 'refused', hasSuspects: true });
  });

  it('frees no analysis that an operator called off', async () => {
    const [first, ...others] = claimedAnalyses(4) as [Analysis];
    const calledOff = { ...first, cancelRequestedAt: atSecond(1).toISOString() };
    const { outcome, rows } = await refuse({ analyses: [calledOff, ...others] });
    expect(rows[0]).toMatchObject({ state: 'failed', reason: { code: 'canceled_by_operator' } });
    expect(outcome).toMatchObject({ kind: 'refused', freed: rows.slice(1) });
  });

  it('changes nothing when somebody else settled it meanwhile', async () => {
    const { outcome, rows, batch } = await refuse({ isSettled: true });
    expect(outcome).toEqual({ kind: 'nothing-left', freed: [] });
    expect(rows).toEqual(claimedAnalyses(4));
    expect(batch).toMatchObject({ state: 'intended' });
  });
});

describe('a refusal of which no asset is shown', () => {
  it('is that of another account: nobody is to blame', async () => {
    const { outcome, rows, batch } = await refuse({ assets: [] });
    expect(marksOf(rows)).toEqual(Array(4).fill(['queued', undefined, undefined]));
    expect(batch).toMatchObject({
      state: 'abandoned',
      reason: { code: 'account_without_our_work' },
    });
    expect(outcome).toEqual({
      kind: 'not-now',
      mayBeSlots: false,
      asked: undefined,
      freed: rows,
    });
  });

  it('ends nobody though it is alone, where it is of another account', async () => {
    const analyses = claimedAnalyses(1, FIRST_BATCH, { isSuspect: true, refusedIn: 'batch-9' });
    const { outcome, rows } = await refuse({ analyses, assets: [], error: refusal(404) });
    expect(rows).toMatchObject([{ state: 'queued' }]);
    expect(outcome).toMatchObject({ kind: 'not-now', freed: rows });
  });

  it('counts where the account is ours', async () => {
    const { outcome, rows } = await refuse({ assets: [], knowsOurs: true });
    expect(marksOf(rows)).toEqual(Array(4).fill(suspect));
    expect(outcome).toMatchObject({ kind: 'refused', hasSuspects: true });
  });
});
