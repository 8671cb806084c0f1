import { describe, expect, it } from 'vitest';
import type { FaultInput } from '../../local/twelvelabs/faults/fault.ts';
import { generalBatch, samples, startBox, uploadForm } from '../support/box-fixture.ts';

const HTML = /^<html>.*nginx/;
const ERROR = { code: 'internal_server_error', message: 'A fault of the box.' };
const upload = () => uploadForm({ method: 'direct' }, samples.mp4);

describe('a lost request', () => {
  it('is seen as a broken connection, and nothing is done', async () => {
    const { box, sdk, call, readyAsset } = await startBox();
    const assetId = await readyAsset();
    box.faults.set({ kind: 'lose-request', operation: 'batches.create' });
    await expect(call('POST', '/analyze/batches', generalBatch(assetId))).rejects.toThrow('fetch');
    await expect(sdk.analyzeAsync.batches.create(sdkBatch(assetId))).rejects.not.toHaveProperty(
      'statusCode',
      expect.anything(),
    );
    expect(box.batches()).toEqual([]);
    expect(box.requests.slice(-2)).toEqual(['batches.create', 'batches.create']);
  });

  it('takes an upload with it, and deletes nothing', async () => {
    const { box, call, readyAsset } = await startBox();
    const assetId = await readyAsset();
    box.faults.set({ kind: 'lose-request' });
    await expect(call('POST', '/assets', upload())).rejects.toThrow('fetch');
    await expect(call('DELETE', `/assets/${assetId}`)).rejects.toThrow('fetch');
    box.faults.clear();
    expect((await call('GET', '/assets')).body.data).toMatchObject([{ _id: assetId }]);
  });
});

describe('a lost reply', () => {
  it('is seen as a broken connection, and everything is done', async () => {
    const { box, call, readyAsset } = await startBox();
    const assetId = await readyAsset();
    box.faults.set({ kind: 'lose-reply' });
    await expect(call('POST', '/analyze/batches', generalBatch(assetId))).rejects.toThrow('fetch');
    await expect(call('POST', '/assets', upload())).rejects.toThrow('fetch');
    await expect(call('DELETE', `/assets/${assetId}`)).rejects.toThrow('fetch');
    box.faults.clear();
    expect(box.batches()).toHaveLength(1);
    expect(box.ledger.items()).toHaveLength(1);
    expect(box.assets()).toHaveLength(1);
    expect(box.assets()).not.toMatchObject([{ _id: assetId }]);
  });

  it('may be one that streams', async () => {
    const { box, call, clock, readyAsset } = await startBox();
    const { body } = await call('POST', '/analyze/batches', generalBatch(await readyAsset()));
    await clock.advance(4_000);
    box.faults.set({ kind: 'lose-reply', times: 1 });
    const results = `/analyze/batches/${body.batch_id}/results`;
    await expect(call('GET', results)).rejects.toThrow('fetch');
    expect((await call('GET', results)).status).toBe(200);
  });
});

describe('another answer', () => {
  it.each<[string, Extract<FaultInput, { kind: 'answer' }>['body'], string, unknown]>([
    ['/assets', 'declared', 'application/json', ERROR],
    ['/assets', 'flat', 'application/json', ERROR],
    ['/assets', 'nested', 'application/json', { error: ERROR }],
    ['/analyze/batches', 'declared', 'application/json', { error: ERROR }],
    ['/analyze/batches', 'flat', 'application/json', ERROR],
    ['/analyze/batches', 'nested', 'application/json', { error: ERROR }],
    ['/assets', 'html', 'text/html', HTML],
    ['/analyze/batches', 'html', 'text/html', HTML],
    ['/assets', 'empty', 'application/json', ''],
    ['/analyze/batches', 'empty', 'application/json', ''],
    ['/analyze/batches', { text: '{"data":"何"' }, 'application/json', '{"data":"何"'],
  ])('to GET %s may be %o', async (path, body, type, expected) => {
    const { box } = await startBox();
    box.faults.set({ kind: 'answer', status: 503, body });
    const response = await fetch(`${box.baseUrl}${path}`, { headers: { 'x-api-key': 'tlk_box' } });
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toContain(type);
    expect(response.headers.get('x-api-version')).toBe('v1.3');
    const text = await response.text();
    if (expected instanceof RegExp) expect(text).toMatch(expected);
    else if (typeof expected === 'string') expect(text).toBe(expected);
    else expect(JSON.parse(text)).toEqual(expected);
  });

  it('has the declared shape of the moment, and the code, message and headers it is given', async () => {
    const { box, call } = await startBox({ switches: { analyzeErrors: 'flat' } });
    const told = { code: 'usage_limit_exceeded', message: 'Enough.' };
    const given = { 'retry-after': '7', 'content-type': 'text/plain' };
    for (const afterWork of [false, true]) {
      box.faults.clear();
      box.faults.set({ kind: 'answer', status: 402, ...told, headers: given, afterWork });
      const { status, headers, text } = await call('GET', '/analyze/batches');
      expect({ status, body: JSON.parse(text) }).toEqual({ status: 402, body: told });
      expect(Object.fromEntries(headers)).toMatchObject({
        'retry-after': '7',
        'content-type': expect.stringMatching(/^text\/plain/),
      });
    }
  });

  it.each([200, 204, 304, 400, 499, 599])('may have status %i', async (status) => {
    const { box, call } = await startBox();
    box.faults.set({ kind: 'answer', status, body: 'html', afterWork: true, times: 1 });
    expect((await call('GET', '/assets')).status).toBe(status);
    expect((await call('GET', '/assets')).status).toBe(200);
  });

  it('comes before the work, or after it', async () => {
    const { box, call, readyAsset } = await startBox();
    const batch = generalBatch(await readyAsset());
    box.faults.set({ kind: 'answer', status: 504, times: 1 });
    expect((await call('POST', '/analyze/batches', batch)).status).toBe(504);
    expect(box.batches()).toEqual([]);
    box.faults.set({ kind: 'answer', status: 504, times: 1, afterWork: true });
    const { status, body } = await call('POST', '/analyze/batches', batch);
    expect({ status, body }).toEqual({ status: 504, body: { error: ERROR } });
    expect(box.batches()).toHaveLength(1);
  });

  it('comes before a file is read, or after its asset is made', async () => {
    const { box, call } = await startBox();
    box.faults.set({ kind: 'answer', status: 500, times: 1 });
    expect((await call('POST', '/assets', upload())).status).toBe(500);
    expect(box.assets()).toEqual([]);
    box.faults.set({ kind: 'answer', status: 500, times: 1, afterWork: true });
    expect((await call('POST', '/assets', upload())).status).toBe(500);
    expect(box.assets()).toHaveLength(1);
  });

  it.each(['identity', 'gzip'] as const)('takes the place of results (%s)', async (encoding) => {
    const switches = { resultsEncoding: encoding };
    const { box, call, readyAsset } = await startBox({ switches });
    const { body } = await call('POST', '/analyze/batches', generalBatch(await readyAsset()));
    box.faults.set({ kind: 'answer', status: 502, body: 'html', afterWork: true });
    const results = await call('GET', `/analyze/batches/${body.batch_id}/results`);
    expect(results).toMatchObject({ status: 502, text: expect.stringMatching(HTML) });
  });
});

function sdkBatch(assetId: string) {
  return {
    modelName: 'pegasus1.5' as const,
    analysisMode: 'general' as const,
    defaults: { prompt: { inputText: 'What happens?' } },
    requests: [{ video: { type: 'asset_id' as const, assetId } }],
  };
}
