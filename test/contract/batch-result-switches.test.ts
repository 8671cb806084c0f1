import { get, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { BoxSwitches } from '../../local/twelvelabs/switches.ts';
import { createBatch } from '../support/batch-bodies.ts';
import { API_KEY, generalBatch, readLines, startBox } from '../support/box-fixture.ts';

/** A batch of some items that have ended, and its results as they are on the wire. */
async function endedBatch(switches: Partial<BoxSwitches>, count = 3) {
  const fixture = await startBox({ switches });
  const { box, call, clock, readyAsset } = fixture;
  const id = await readyAsset();
  const { batch_id, items } = await createBatch(call, generalBatch(...Array(count).fill(id)));
  await clock.advance(4_000);
  const read = async (headers: Record<string, string> = {}) => {
    const url = `${box.baseUrl}/analyze/batches/${batch_id}/results`;
    const response = await new Promise<IncomingMessage>((resolve) =>
      get(url, { headers: { 'x-api-key': API_KEY, ...headers } }, resolve),
    );
    return { headers: response.headers, bytes: await buffer(response) };
  };
  const customIds = async () => (await readLines(call, batch_id)).map((line) => line.custom_id);
  return { ...fixture, batchId: batch_id, items, read, customIds };
}

describe('the switch', () => {
  it.each([true, false])(
    'resultsLastNewline %s decides about the last newline',
    async (resultsLastNewline) => {
      const { read } = await endedBatch({ resultsLastNewline });
      const text = (await read()).bytes.toString();
      expect(text.endsWith('}\n')).toBe(resultsLastNewline);
      expect(text.trimEnd().split('\n')).toHaveLength(3);
    },
  );

  it.each(['application/jsonl', 'application/json'] as const)(
    'resultsType %s is that of the results',
    async (resultsType) => {
      const { read } = await endedBatch({ resultsType });
      expect((await read()).headers['content-type']).toMatch(new RegExp(`^${resultsType}(;|$)`));
    },
  );

  it.each([
    ['gzip', 'gzip, deflate', true],
    ['gzip', 'br;q=1.0, GZIP;q=0.5', true],
    ['gzip', '*', true],
    ['gzip', 'gzip;q=0', false],
    ['gzip', 'gzip;q=0.0, *', false],
    ['gzip', '*;q=0, gzip', true],
    ['gzip', 'br, deflate', false],
    ['gzip', 'identity', false],
    ['gzip', '', false],
    ['identity', 'gzip', false],
  ] as const)(
    'resultsEncoding %s for a client that accepts "%s" packs: %s',
    async (resultsEncoding, accepted, isPacked) => {
      const { read } = await endedBatch({ resultsEncoding });
      const plain = (await read()).bytes;
      const { headers, bytes } = await read({ 'accept-encoding': accepted });
      expect(headers['content-encoding']).toBe(isPacked ? 'gzip' : undefined);
      expect(isPacked ? gunzipSync(bytes) : bytes).toEqual(plain);
    },
  );

  it('resultsOrder requested has the order of the request', async () => {
    const { customIds, items } = await endedBatch({ resultsOrder: 'requested' }, 20);
    expect(await customIds()).toEqual(items.map((item) => item.custom_id));
  });

  it('resultsOrder ended has the order in which the items ended', async () => {
    const { box, customIds, items } = await endedBatch({ resultsOrder: 'ended' }, 20);
    const ended = box.ledger
      .items()
      .toSorted((a, b) => (a.endedAtMs ?? 0) - (b.endedAtMs ?? 0))
      .map((item) => item.customId);
    expect(await customIds()).toEqual(ended);
    expect(ended).not.toEqual(items.map((item) => item.custom_id));
  });

  it('resultsOrder shuffled has another order at another moment', async () => {
    const { clock, customIds, items } = await endedBatch({ resultsOrder: 'shuffled' }, 20);
    const first = await customIds();
    expect(first).not.toEqual(items.map((item) => item.custom_id));
    expect(await customIds()).toEqual(first);
    await clock.advance(1);
    const later = await customIds();
    expect(later).not.toEqual(first);
    expect(later.toSorted()).toEqual(first.toSorted());
  });

  it('resultsLagMs shows the results late, while the counters are true', async () => {
    const { sdk, call, clock, batchId } = await endedBatch({ resultsLagMs: 10_000 });
    const statuses = async () => (await readLines(call, batchId)).map((line) => line.status);
    expect(await sdk.analyzeAsync.batches.retrieve(batchId)).toMatchObject({
      status: 'completed',
      readyItems: 3,
    });
    expect(await statuses()).toEqual(Array(3).fill('queued'));
    await clock.advance(10_000);
    expect(await statuses()).toEqual(Array(3).fill('ready'));
  });

  it.each([
    ['present', ['code', 'message']],
    ['absent', ['message']],
  ] as const)('itemErrorCode %s writes an error with %j', async (itemErrorCode, keys) => {
    const { box, call, clock, sdk, readyAsset } = await startBox({ switches: { itemErrorCode } });
    const id = await readyAsset();
    box.faults.set({ kind: 'fail-item', code: 'asset_unavailable', customId: 'item-0' });
    const { batch_id, items } = await createBatch(call, generalBatch(id));
    await clock.advance(4_000);
    const [line] = await readLines(call, batch_id);
    expect(Object.keys(line?.error ?? {})).toEqual(keys);
    const { body } = await call('GET', `/analyze/tasks/${items[0]?.task_id}`);
    expect(Object.keys(body.error)).toEqual(keys);
    const task = await sdk.analyzeAsync.tasks.retrieve(items[0]?.task_id ?? '');
    expect(task.error?.message).toEqual(expect.any(String));
  });
});
