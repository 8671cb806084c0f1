import { describe, expect, it } from 'vitest';
import { settleIntent } from '../../../../functions/submit-batches/settle-intent.ts';
import type { Analysis } from '../../../../shared/analysis.ts';
import type { Batch } from '../../../../shared/batch.ts';
import { ProviderSilentError } from '../../../../shared/twelvelabs/errors.ts';
import type { ProviderBatch } from '../../../../shared/twelvelabs/schemas.ts';
import { atSecond } from '../../../support/rows.ts';
import {
  anIntent,
  aProviderBatch,
  assetsWith,
  claimedAnalyses,
  customIdAt,
  FIRST_BATCH,
  listing,
  resultsOf,
  startParts,
} from './batcher-parts.ts';

type Look = 'absent' | 'unknown' | ProviderBatch;

/** An intent with two analyses, settled at seconds of the test's choice, with looks of its choice. */
async function startSettling(
  fields: Partial<Batch> = {},
  analyses: readonly Analysis[] = claimedAnalyses(2),
) {
  let shows: Look = 'absent';
  const intent = anIntent(fields);
  const parts = await startParts({
    rows: [intent, ...analyses],
    provider: {
      listBatches: async function* () {
        if (shows === 'unknown') throw new ProviderSilentError('no answer');
        yield* listing(shows === 'absent' ? [] : [shows])();
      },
      listAssets: async () => assetsWith(['ready', 'ready']),
      openResults: async () => resultsOf([customIdAt(0)]),
    },
  });
  return {
    ...parts,
    intent,
    settle: async (second: number, look: Look = 'absent') => {
      shows = look;
      parts.at(second);
      const lost = await settleIntent(await parts.batchNow(), true, parts.deps);
      return lost?.items ?? 0;
    },
    analysesNow: () => Promise.all(analyses.map(parts.analysisNow)),
  };
}

/** Back at their old places in the queue, with nothing of the batch about them. */
function expectFree(rows: readonly Analysis[]) {
  for (const row of rows) {
    expect(row).toMatchObject({ state: 'queued', dueAt: row.queuedAt });
    for (const gone of ['batchId', 'customId']) expect(row).not.toHaveProperty(gone);
  }
}

describe('an intent', () => {
  it('that was never sent is abandoned without a question, and its analyses are free', async () => {
    const { sentAt: _, certainAt: __, itemCount: ___, ...unsent } = anIntent();
    const analyses = claimedAnalyses(2);
    const { deps, asked, batchNow, analysisNow } = await startParts({
      rows: [unsent, ...analyses],
    });
    expect(await settleIntent(unsent, true, deps)).toBeUndefined();
    expect(asked).toEqual([]);
    expect(await batchNow()).toMatchObject({ state: 'abandoned', reason: { code: 'never_sent' } });
    expectFree(await Promise.all(analyses.map(analysisNow)));
  });

  it('whose batch is found is active, and its analyses are on their way', async () => {
    const marks = { refusedIn: 'batch-9', isSuspect: true };
    const absentSince = atSecond(1).toISOString();
    const reason = { code: 'provider_silent', message: 'no answer' };
    const found = aProviderBatch({ expires_at: atSecond(9_000).toISOString() });
    const { settle, batchNow, analysesNow } = await startSettling(
      { absentSince, reason },
      claimedAnalyses(2, FIRST_BATCH, marks),
    );
    expect(await settle(120, found)).toBe(0);
    const active = await batchNow();
    expect(active).toMatchObject({
      state: 'active',
      providerBatchId: 'provider-1',
      expiresAt: atSecond(9_000).toISOString(),
      dueAt: atSecond(120 + 180).toISOString(),
    });
    for (const gone of ['absentSince', 'reason']) expect(active).not.toHaveProperty(gone);
    for (const row of await analysesNow()) {
      expect(row).toMatchObject({
        state: 'submitted',
        batchId: FIRST_BATCH,
        dueAt: atSecond(9_000 + 6 * 3_600).toISOString(),
      });
      for (const gone of ['refusedIn', 'isSuspect']) expect(row).not.toHaveProperty(gone);
    }
  });

  it('whose batch is found though it was called off keeps that it was called off', async () => {
    const { settle, batchNow } = await startSettling({
      cancelRequestedAt: atSecond(50).toISOString(),
    });
    await settle(120, aProviderBatch());
    expect(await batchNow()).toMatchObject({
      state: 'active',
      cancelRequestedAt: atSecond(50).toISOString(),
    });
  });

  it('whose batch is not seen waits, and so do its analyses', async () => {
    const { settle, batchNow, analysesNow } = await startSettling();
    expect(await settle(120)).toBe(0);
    expect(await batchNow()).toMatchObject({
      state: 'intended',
      absentSince: atSecond(120).toISOString(),
      dueAt: atSecond(240).toISOString(),
    });
    for (const row of await analysesNow()) expect(row).toMatchObject({ state: 'submitting' });
  });

  it.each<[string, (number | [number, Look])[], number]>([
    ['time has passed since it was sent', [120, 240, 1_799], 1_800],
    ['time has passed since the first look', [2_000, 2_119], 2_120],
    ['it was absent ever since', [120, [1_800, 'unknown'], 1_900, 2_019], 2_020],
    ['the last look tells', [120, [1_800, 'unknown'], [1_950, 'unknown'], 2_100], 2_220],
  ])('is disowned only when %s', async (_, before, then) => {
    const { settle, batchNow, analysesNow } = await startSettling();
    for (const look of before) {
      const [second, shows] = typeof look === 'number' ? ([look, 'absent'] as const) : look;
      expect(await settle(second, shows)).toBe(0);
      expect(await batchNow()).toMatchObject({ state: 'intended' });
    }
    expect(await settle(then)).toBe(2);
    expect(await batchNow()).toMatchObject({
      state: 'disowned',
      reason: { code: 'never_created' },
      dueAt: atSecond(then + 120).toISOString(),
    });
    expectFree(await analysesNow());
  });

  it('of which the provider said that there is none is disowned sooner', async () => {
    const { settle, batchNow } = await startSettling({ certainAt: atSecond(300).toISOString() });
    await settle(120);
    await settle(299);
    expect(await batchNow()).toMatchObject({ state: 'intended' });
    expect(await settle(300)).toBe(2);
  });

  it('says what keeps it from being settled', async () => {
    const { settle, batchNow } = await startSettling({
      reason: { code: 'http_502', message: 'words' },
    });
    await settle(120);
    expect(await batchNow()).toMatchObject({ reason: { code: 'http_502' } });
    await settle(240, 'unknown');
    const row = await batchNow();
    expect(row).toMatchObject({ state: 'intended', reason: { code: 'provider_silent' } });
    expect(row).not.toHaveProperty('absentSince');
  });

  it('frees nobody who has a result by now, or has gone elsewhere', async () => {
    const [first, second, third] = claimedAnalyses(3);
    const rows = [
      { ...first, state: 'ready' },
      { ...second, state: 'submitting', batchId: 'batch-9' },
      third,
    ] as Analysis[];
    const { settle, analysesNow } = await startSettling({}, rows);
    await settle(120);
    expect(await settle(1_800)).toBe(1);
    const states = (await analysesNow()).map(({ state }) => state);
    expect(states).toEqual(['ready', 'submitting', 'queued']);
  });

  it.each<[string, Partial<Batch>, Partial<Analysis>]>([
    ['the batch', { cancelRequestedAt: atSecond(50).toISOString() }, {}],
    ['each analysis', {}, { cancelRequestedAt: atSecond(50).toISOString() }],
  ])('frees nobody to try again where an operator called off %s', async (_, batch, analysis) => {
    const rows = claimedAnalyses(2, FIRST_BATCH, analysis);
    const { settle, analysesNow } = await startSettling(batch, rows);
    await settle(120);
    expect(await settle(1_800)).toBe(2);
    for (const row of await analysesNow()) {
      expect(row).toMatchObject({ state: 'failed', reason: { code: 'canceled_by_operator' } });
    }
  });

  it.each(['absent', aProviderBatch()] as const)(
    'that somebody else settled meanwhile changes nothing more (%#)',
    async (look) => {
      const parts = await startSettling({ absentSince: atSecond(0).toISOString() });
      const { deps, intent, analysesNow, batchNow } = parts;
      await deps.waitingRoom.move(intent, { to: 'abandoned' });
      const before = await analysesNow();
      const provider = { ...deps.provider, listBatches: listing(look === 'absent' ? [] : [look]) };
      parts.at(1_800);
      const openResults = async () => resultsOf([customIdAt(0)]);
      const listAssets = async () => assetsWith(['ready']);
      const late = { ...deps, provider: { ...provider, openResults, listAssets } };
      expect(await settleIntent(intent, true, late)).toBeUndefined();
      expect(await batchNow()).toMatchObject({ state: 'abandoned' });
      expect(await analysesNow()).toEqual(before);
    },
  );
});
