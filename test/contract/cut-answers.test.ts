import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { TwelveLabsBox } from '../../local/twelvelabs/box.ts';
import type { FaultInput } from '../../local/twelvelabs/faults/fault.ts';
import { API_KEY, generalBatch, startBox } from '../support/box-fixture.ts';

type Cut = Omit<Extract<FaultInput, { kind: 'cut' }>, 'kind'>;

const endings = ['reset', 'clean'] as const;

describe('an answer that is cut', () => {
  it.each(endings.flatMap((ending) => [0, 1, 40].map((afterBytes) => ({ ending, afterBytes }))))(
    'has its first $afterBytes bytes, then a $ending end',
    async ({ ending, afterBytes }) => {
      const { box, call } = await startBox();
      const whole = (await call('GET', '/analyze/batches')).text;
      box.faults.set({ kind: 'cut', afterBytes, ending });
      const { status, text, isWhole } = await read(box, '/analyze/batches');
      expect({ status, text, isWhole }).toEqual({
        status: 200,
        text: whole.slice(0, afterBytes),
        isWhole: ending === 'clean',
      });
      box.faults.clear();
      expect((await call('GET', '/analyze/batches')).text).toBe(whole);
    },
  );

  it.each(endings)('streams the results up to there, then has a %s end', async (ending) => {
    const { box, path } = await boxWithResults(40);
    const whole = await read(box, path);
    expect(whole).toMatchObject({ status: 200, isWhole: true });
    const afterBytes = whole.bytes.indexOf('\n') * 20 + 7;
    expect(whole.bytes.byteLength).toBeGreaterThan(afterBytes + 1_000);
    box.faults.set({ kind: 'cut', afterBytes, ending, operation: 'batches.results' });
    const part = await read(box, path);
    expect(part.isWhole).toBe(ending === 'clean');
    expect(part.bytes.equals(whole.bytes.subarray(0, afterBytes))).toBe(true);
  });

  it.each(endings)('is whole when it ends before, whatever the %s end', async (ending) => {
    const { box, path } = await boxWithResults(2);
    const whole = await read(box, path);
    box.faults.set({ kind: 'cut', afterBytes: whole.bytes.byteLength + 1, ending });
    expect(await read(box, path)).toEqual(whole);
  });

  it('ends somewhere by chance: the same with the same seed, another with another', async () => {
    const lengthsOf = async (cut: Cut) => {
      const { box } = await startBox();
      box.faults.set({ kind: 'cut', ...cut });
      const lengths: number[] = [];
      for (let count = 0; count < 8; count += 1) {
        lengths.push((await read(box, '/assets')).bytes.byteLength);
      }
      return lengths;
    };
    const first = await lengthsOf({ withinBytes: 60, seed: 'a' });
    expect(new Set(first).size).toBeGreaterThan(3);
    expect(Math.max(...first)).toBeLessThan(60);
    expect(await lengthsOf({ withinBytes: 60, seed: 'a' })).toEqual(first);
    expect(await lengthsOf({ withinBytes: 60, seed: 'b' })).not.toEqual(first);
  });

  it('has done its work', async () => {
    const { box, call, readyAsset } = await startBox();
    const batch = generalBatch(await readyAsset());
    box.faults.set({ kind: 'cut', afterBytes: 10 });
    await expect(call('POST', '/analyze/batches', batch)).rejects.toThrow('terminated');
    expect(box.batches()).toHaveLength(1);
  });

  it('is as it was where there is nothing to cut', async () => {
    const { box, call, readyAsset } = await startBox();
    const assetId = await readyAsset();
    box.faults.set({ kind: 'cut', afterBytes: 0 });
    expect((await call('DELETE', `/assets/${assetId}`)).status).toBe(204);
    expect(box.assets()).toEqual([]);
  });

  it.each(endings)('does no harm to a client that left first (%s)', async (ending) => {
    const { box, path } = await boxWithResults(200);
    box.faults.set({ kind: 'cut', afterBytes: 10_000, ending, times: 1 });
    const response = await ask(box, path);
    await once(response, 'data');
    response.destroy();
    expect(await read(box, path)).toMatchObject({ isWhole: true });
  });
});

async function boxWithResults(items: number): Promise<{ box: TwelveLabsBox; path: string }> {
  const { box, call, clock, readyAsset } = await startBox();
  const assetId = await readyAsset();
  const batch = generalBatch(...Array<string>(items).fill(assetId));
  const { body } = await call('POST', '/analyze/batches', batch);
  await clock.advance(60_000);
  return { box, path: `/analyze/batches/${body.batch_id}/results` };
}

function ask(box: TwelveLabsBox, path: string): Promise<IncomingMessage> {
  const headers = { 'x-api-key': API_KEY };
  return new Promise((resolve, reject) => {
    get(`${box.baseUrl}${path}`, { headers, agent: false }, resolve).on('error', reject);
  });
}

/** All that comes of an answer, whether it is whole or not. */
async function read(box: TwelveLabsBox, path: string) {
  const response = await ask(box, path);
  const chunks: Buffer[] = [];
  let isWhole = true;
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch {
    isWhole = false;
  }
  const bytes = Buffer.concat(chunks);
  return { status: response.statusCode, bytes, text: bytes.toString(), isWhole };
}
