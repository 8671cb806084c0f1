import { describe, expect, it } from 'vitest';
import { submitBatch } from '../../../../functions/submit-batches/submit-batch.ts';
import type { Analysis } from '../../../../shared/analysis.ts';
import { ProviderRefusedError, ProviderSilentError } from '../../../../shared/twelvelabs/errors.ts';
import type { CreatedBatch } from '../../../../shared/twelvelabs/schemas.ts';
import { atSecond } from '../../../support/rows.ts';
import { FIRST_BATCH, queuedAnalyses, refusal, startParts } from './batcher-parts.ts';

const NOW = 100;
/** When a claim is looked at by itself. */
const CLAIM_DUE = atSecond(NOW + 900).toISOString();

interface Request {
  readonly requests: readonly { readonly custom_id: string }[];
}

interface World {
  readonly analyses?: readonly Analysis[];
  readonly create?: () => Promise<CreatedBatch>;
  /** What somebody else does right before the batcher notes that it is about to send. */
  readonly beforeSending?: (parts: Awaited<ReturnType<typeof startParts>>) => Promise<unknown>;
}

/** One batch of two, sent at second 100 to a provider that answers as told; what became of it. */
async function submit({
  analyses = queuedAnalyses(2),
  create = async () => ({ batch_id: 'provider-1' }),
  beforeSending,
}: World = {}) {
  const requests: Request[] = [];
  const latest: Date[] = [];
  const parts = await startParts({
    rows: analyses,
    provider: {
      createBatch: async (request, until) => {
        requests.push(request as Request);
        latest.push(until);
        return await create();
      },
      listAssets: async (ids) => ids.map((_id) => ({ _id, status: 'ready' })),
    },
  });
  parts.at(NOW);
  const { waitingRoom } = parts.deps;
  const deps: typeof parts.deps = {
    ...parts.deps,
    waitingRoom: {
      move: async (row, step) => {
        if (row.kind === 'batch' && !('sentAt' in row)) await beforeSending?.(parts);
        return await waitingRoom.move(row, step);
      },
    },
  };
  const outcome = await submitBatch({ analysisMode: 'general', analyses }, 0, deps);
  return {
    ...parts,
    outcome,
    requests,
    latest,
    batch: await parts.batchNow(),
    rows: await Promise.all(analyses.map(parts.analysisNow)),
  };
}

const refuse = (...args: Parameters<typeof refusal>) => ({
  create: () => Promise.reject(refusal(...args)),
});
const silent = (mayHaveArrived: boolean) => ({
  create: () => Promise.reject(new ProviderSilentError('no answer', { mayHaveArrived })),
});

describe('a batch that the provider takes', () => {
  it('is noted with its id, and its analyses are on their way', async () => {
    const expires_at = atSecond(90_000).toISOString();
    const marked = queuedAnalyses(2, { refusedIn: 'batch-9', isSuspect: true });
    const { outcome, batch, rows, requests } = await submit({
      analyses: marked,
      create: async () => ({ batch_id: 'provider-1', expires_at }),
    });
    expect(requests).toHaveLength(1);
    expect(batch).toMatchObject({
      state: 'active',
      providerBatchId: 'provider-1',
      analysisMode: 'general',
      itemCount: 2,
      intendedAt: atSecond(NOW).toISOString(),
      sentAt: atSecond(NOW).toISOString(),
      expiresAt: expires_at,
    });
    for (const [at, row] of rows.entries()) {
      const customId = requests[0]?.requests[at]?.custom_id;
      expect(row).toMatchObject({ state: 'submitted', batchId: FIRST_BATCH, customId, attempt: 1 });
      for (const gone of ['refusedIn', 'isSuspect']) expect(row).not.toHaveProperty(gone);
    }
    expect(outcome).toMatchObject({ kind: 'taken', freed: [] });
    expect(outcome).toHaveProperty('analyses', [
      expect.objectContaining({ videoId: 'video-0' }),
      expect.objectContaining({ videoId: 'video-1' }),
    ]);
  });

  it('may be begun for a minute after the note that it is sent, and no longer', async () => {
    expect((await submit()).latest).toEqual([atSecond(NOW + 60)]);
  });

  it.each([undefined, null, 'soon'])('ends in a day when it says %j', async (expires_at) => {
    const { batch } = await submit({ create: async () => ({ batch_id: 'b', expires_at }) });
    expect(batch).toMatchObject({ expiresAt: atSecond(NOW + 24 * 3_600).toISOString() });
  });
});

describe('a batch that the provider does not take is sent once, and', () => {
  const free = { state: 'queued', attempt: 1, refusedIn: undefined };
  const suspect = { state: 'queued', refusedIn: FIRST_BATCH, isSuspect: true };
  const inDoubt = { state: 'submitting', batchId: FIRST_BATCH, dueAt: CLAIM_DUE };
  const doubt = (isTooSlow = false) => ({ kind: 'doubt', items: 2, isTooSlow, freed: [] });
  const notNow = (mayBeSlots = false) => ({ kind: 'not-now', mayBeSlots, asked: undefined });

  it.each<[string, World, string, object, object]>([
    ['400', refuse(400), 'abandoned', suspect, { kind: 'refused', hasSuspects: true }],
    ['413', refuse(413), 'abandoned', free, { kind: 'too-large', items: 2 }],
    ['429', refuse(429), 'abandoned', free, notNow(true)],
    ['401', refuse(401), 'abandoned', free, notNow()],
    ['403 of the plan', refuse(403, 'plan'), 'abandoned', free, notNow()],
    ['503 in its own words', refuse(503, 'busy'), 'intended', inDoubt, doubt()],
    ['504 in its own words', refuse(504, 'timeout'), 'intended', inDoubt, doubt(true)],
    ['503 of a gateway', refuse(503), 'intended', inDoubt, doubt()],
    ['504 of a gateway', refuse(504), 'intended', inDoubt, doubt(true)],
    ['500', refuse(500, 'internal'), 'intended', inDoubt, doubt()],
    ['silence', silent(true), 'intended', inDoubt, doubt()],
    ['silence before it can have arrived', silent(false), 'abandoned', free, notNow()],
  ])('after %s its rows say so', async (_, world, state, row, expected) => {
    const { outcome, batch, rows, requests } = await submit(world);
    expect(requests).toHaveLength(1);
    expect(batch.state).toBe(state);
    expect(batch.reason).toBeDefined();
    for (const it of rows) expect({ refusedIn: undefined, ...it }).toMatchObject(row);
    if (state === 'abandoned') {
      for (const it of rows) {
        expect(it).not.toHaveProperty('batchId');
        expect(it.dueAt).toBe(it.queuedAt);
        expect(it.reason).toEqual(batch.reason);
      }
      expect(outcome.freed).toEqual(rows);
    }
    expect(outcome).toMatchObject(expected);
  });

  it.each([
    ['503 in its own words', 900, refuse(503, 'busy')],
    ['504 in its own words', 900, refuse(504, 'timeout')],
    ['503 of a gateway', 1_800, refuse(503)],
    ['504 of a gateway', 1_800, refuse(504)],
    ['silence', 1_800, silent(true)],
  ])(
    'after %s is looked for soon, and given up after %d s at the earliest',
    async (_, seconds, world) => {
      const { batch } = await submit(world);
      expect(batch).toMatchObject({
        dueAt: atSecond(NOW + 120).toISOString(),
        certainAt: atSecond(NOW + seconds).toISOString(),
      });
    },
  );

  it('after 429 with a pause leaves the provider alone as long', async () => {
    const error = new ProviderRefusedError(429, 'too_many_requests', 'wait', 77);
    const { outcome } = await submit({ create: () => Promise.reject(error) });
    expect(outcome).toMatchObject({ kind: 'not-now', mayBeSlots: true, asked: 77 });
  });

  it('after 413 alone ends what is too large even so', async () => {
    const { outcome, rows } = await submit({ ...refuse(413), analyses: queuedAnalyses(1) });
    expect(rows).toMatchObject([{ state: 'failed', reason: { code: 'http_413' } }]);
    expect(outcome).toMatchObject({ kind: 'refused-alone' });
  });

  it('after a defect of ours is in doubt: the request may have arrived', async () => {
    const analyses = queuedAnalyses(2);
    const { deps, batchNow, analysisNow } = await startParts({
      rows: analyses,
      provider: { createBatch: () => Promise.reject(new TypeError('a defect')) },
    });
    const failing = submitBatch({ analysisMode: 'general', analyses }, 0, deps);
    await expect(failing).rejects.toThrow('a defect');
    expect(await batchNow()).toMatchObject({
      state: 'intended',
      sentAt: atSecond(0).toISOString(),
    });
    for (const row of analyses)
      expect(await analysisNow(row)).toMatchObject({ state: 'submitting' });
  });
});

describe('nothing is sent', () => {
  it.each<[string, NonNullable<World['beforeSending']>]>([
    [
      'settled the intent',
      async ({ deps, batchNow }) =>
        await deps.waitingRoom.move(await batchNow(), { to: 'abandoned' }),
    ],
    [
      'moved the intent',
      async ({ deps, batchNow }) =>
        await deps.waitingRoom.move(await batchNow(), { to: 'intended', inSeconds: 900 }),
    ],
  ])('once somebody else %s, and the claims are left to be settled', async (_, beforeSending) => {
    const { outcome, requests, rows } = await submit({ beforeSending });
    expect(requests).toEqual([]);
    expect(outcome).toEqual({ kind: 'nothing-left', freed: [] });
    for (const row of rows) expect(row).toMatchObject({ state: 'submitting', dueAt: CLAIM_DUE });
  });
});

it.each<[string, World]>([
  ['it is taken', { create: async () => ({ batch_id: 'provider-1' }) }],
  ['400', refuse(400)],
  ['413', refuse(413)],
  ['429', refuse(429)],
  ['503', refuse(503, 'busy')],
  ['silence', silent(true)],
  ['silence before it can have arrived', silent(false)],
])(
  'an intent that somebody else moved while it was sent is left to him, claims and all: %s',
  async (_, world) => {
    let during: () => Promise<unknown> = async () => {};
    const { batch, rows, outcome } = await submit({
      beforeSending: async ({ deps, batchNow }) => {
        during = async () => await deps.waitingRoom.move(await batchNow(), moved);
      },
      create: async () => {
        await during();
        return await (world.create?.() as Promise<CreatedBatch>);
      },
    });
    expect(batch).toMatchObject({ state: 'intended', revision: 2, reason: moved.set.reason });
    for (const row of rows)
      expect(row).toMatchObject({ state: 'submitting', batchId: FIRST_BATCH });
    expect(outcome.freed).toEqual([]);
  },
);

const moved = {
  to: 'intended',
  inSeconds: 900,
  set: { reason: { code: 'somebody', message: 'else' } },
} as const;
