import { describe, expect, it } from 'vitest';
import type { BoxSwitches } from '../../local/twelvelabs/switches.ts';
import { generalBatch, startBox, T0 } from '../support/box-fixture.ts';

const empty = '';
const coded = { code: 'too_many_requests' };

describe('a 429', () => {
  it.each<[BoxSwitches['rateLimitBody'], unknown[]]>([
    ['declared', [coded, coded, coded]],
    ['empty', [empty, empty, empty]],
    ['alternating', [coded, empty, coded]],
  ])('has by rateLimitBody %s these bodies in a row: %j', async (rateLimitBody, bodies) => {
    const { call } = await startBox({ limits: { readsPerMinute: 1 }, switches: { rateLimitBody } });
    await call('GET', '/assets');
    for (const body of bodies) {
      const refused = await call('GET', '/assets');
      expect(refused.status).toBe(429);
      if (body === empty) expect(refused.text).toBe('');
      else expect(refused.body).toMatchObject(coded);
    }
  });

  it.each<[BoxSwitches['retryAfter'], string | null]>([
    ['seconds', '60'],
    ['date', new Date(T0.getTime() + 60_000).toUTCString()],
    ['absent', null],
  ])('says by retryAfter %s: %s', async (retryAfter, header) => {
    const { call } = await startBox({ limits: { readsPerMinute: 1 }, switches: { retryAfter } });
    await call('GET', '/assets');
    const { headers } = await call('GET', '/assets');
    expect(headers.get('retry-after')).toBe(header);
    expect(headers.get('x-ratelimit-request-remaining')).toBe('0');
    expect(headers.get('x-ratelimit-request-reset')).toBe(String(T0.getTime() / 1000 + 60));
  });

  it('for reading does not keep anyone from writing', async () => {
    const { call, readyAsset } = await startBox({ limits: { readsPerMinute: 1 } });
    const id = await readyAsset();
    await call('GET', '/assets');
    expect((await call('POST', '/analyze/batches', generalBatch(id))).status).toBe(201);
  });
});

it.each([
  ['free', 60, 3_000],
  ['tier1', 60, 3_000],
  ['tier2', 120, 6_000],
  ['tier3', 240, 12_000],
] as const)('the plan %s has %i uploads a minute and %i a day', async (plan, minute, day) => {
  const { box } = await startBox({ plan });
  expect(box.settings().limits).toMatchObject({ uploadsPerMinute: minute, uploadsPerDay: day });
});
