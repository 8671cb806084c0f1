import { describe, expect, it } from 'vitest';
import { submitBatch } from '../../../../functions/submit-batches/submit-batch.ts';
import type { Analysis } from '../../../../shared/analysis.ts';
import { aProfile, atSecond } from '../../../support/rows.ts';
import { FIRST_BATCH, queuedAnalyses, startParts } from './batcher-parts.ts';

interface Request {
  readonly requests: readonly { readonly custom_id: string }[];
}

/** Sends a batch of these, of which the table may know other things by now. */
async function submit(planned: readonly Analysis[], rows = planned, profiles = [aProfile()]) {
  const requests: Request[] = [];
  const parts = await startParts({
    rows,
    profiles,
    provider: {
      createBatch: async (request) => {
        requests.push(request as Request);
        return { batch_id: 'provider-1' };
      },
    },
  });
  const outcome = await submitBatch({ analysisMode: 'general', analyses: planned }, 0, parts.deps);
  return {
    ...parts,
    outcome,
    requests,
    batch: await parts.batchNow(),
    rows: await Promise.all(planned.map(parts.analysisNow)),
  };
}

describe('what is claimed for a batch', () => {
  it('has an id there of its own, that tells of the batch', async () => {
    const { requests, rows } = await submit(queuedAnalyses(40));
    const sent = requests[0]?.requests.map(({ custom_id }) => custom_id);
    expect(new Set(sent).size).toBe(40);
    for (const id of sent ?? []) expect(id).toMatch(new RegExp(`^.{22}-${FIRST_BATCH}$`));
    expect(rows.map(({ customId }) => customId)).toEqual(sent);
  });

  it('is one try more, without the words of the last', async () => {
    const reason = { code: 'http_400', message: 'words' };
    const { rows } = await submit(queuedAnalyses(1, { attempt: 6, reason }));
    expect(rows[0]?.attempt).toBe(7);
    expect(rows[0]).not.toHaveProperty('reason');
  });

  it('is asked what its profile says now', async () => {
    const queued = queuedAnalyses(1);
    const { rows, requests, deps } = await submit(queued, queued, [aProfile({ prompt: 'Who?' })]);
    expect(rows[0]?.profileVersion).toBe(deps.profiles.get('summary')?.version);
    expect(rows[0]?.profileVersion).not.toBe('version-1');
    expect(JSON.stringify(requests)).toContain('Who?');
  });

  it('is not what somebody else moved meanwhile', async () => {
    const planned = queuedAnalyses(3);
    const rows = planned.map((row, at) => (at === 1 ? { ...row, revision: 1 } : row));
    const { outcome, requests, batch } = await submit(planned, rows);
    expect(requests.map((it) => it.requests.length)).toEqual([2]);
    expect(batch).toMatchObject({ state: 'active', itemCount: 2 });
    expect(outcome).toMatchObject({ kind: 'taken' });
    expect('analyses' in outcome && outcome.analyses.map(({ key }) => key)).toEqual([
      '0.mp4',
      '2.mp4',
    ]);
  });

  it('is not what has a profile that is gone: that fails for it', async () => {
    const planned = queuedAnalyses(2).map((row, at) =>
      at === 0 ? { ...row, profile: 'gone' } : row,
    );
    const { requests, batch, rows } = await submit(planned);
    expect(requests.map((it) => it.requests.length)).toEqual([1]);
    expect(batch).toMatchObject({ state: 'active', itemCount: 1 });
    expect(rows).toMatchObject([
      {
        state: 'failed',
        reason: { code: 'no_such_profile', message: expect.stringContaining(' gone ') },
      },
      { state: 'submitted' },
    ]);
  });
});

describe('when nothing is left to claim, nothing is sent', () => {
  it.each<[string, Partial<Analysis>, Partial<Analysis>]>([
    ['all went elsewhere', {}, { revision: 1 }],
    ['all were replaced by newer uploads', {}, { sequencer: '9' }],
    ['all have profiles that are gone', { profile: 'gone' }, {}],
  ])('because %s', async (_, fields, meanwhile) => {
    const planned = queuedAnalyses(2, fields);
    const changed = planned.map((row) => ({ ...row, ...meanwhile }));
    const { outcome, requests, batch } = await submit(planned, changed);
    expect(requests).toEqual([]);
    expect(outcome).toEqual({ kind: 'nothing-left', freed: [] });
    expect(batch).toMatchObject({ state: 'abandoned', reason: { code: 'nothing_left' } });
  });
});

it('gives no batch an id that was given before', async () => {
  const { deps, requests, analysisNow } = await submit(queuedAnalyses(1));
  const [other] = queuedAnalyses(1, { key: 'other.mp4', queuedAt: atSecond(9).toISOString() });
  const again = { ...deps, newBatchId: () => FIRST_BATCH };
  const planned = { analysisMode: 'general', analyses: other ? [other] : [] } as const;
  await expect(submitBatch(planned, 0, again)).rejects.toThrow(TypeError);
  expect(requests).toHaveLength(1);
  expect(other && (await analysisNow(other))).toBeUndefined();
});
