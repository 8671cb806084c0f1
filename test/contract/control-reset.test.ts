import { describe, expect, it } from 'vitest';
import { boxFiles } from '../support/box-files.ts';
import {
  type BoxFixture,
  generalBatch,
  serve,
  startBox,
  uploadForm,
} from '../support/box-fixture.ts';
import { controlOf } from '../support/control-client.ts';
import { createBatch, endBatch, pass } from '../support/end-batch.ts';
import { CHUNK_BYTES, startMultipart } from '../support/multipart-client.ts';
import { waitFor } from '../support/wait-for.ts';
import { receiveWebhooks } from '../support/webhook-receiver.ts';

const DAY_MS = 24 * 3_600_000;

async function reset({ box }: BoxFixture): Promise<void> {
  expect(await controlOf(box)('POST', '/reset')).toEqual({ status: 204, body: undefined });
}

describe('a reset', () => {
  it('forgets what happened: assets, uploads, batches, tasks, requests and books', async () => {
    const fixture = await startBox({ limits: { chunkBytes: CHUNK_BYTES } });
    const { box, call, clock } = fixture;
    const batchId = await endBatch(fixture);
    const [item] = box.ledger.items();
    const upload = await startMultipart(fixture);
    await upload.put(1);
    expect(boxFiles()).toHaveLength(1);
    await reset(fixture);
    await box.settled();

    expect(boxFiles()).toEqual([]);
    expect(box.assets()).toEqual([]);
    expect(box.ledger.items()).toEqual([]);
    expect(box.ledger.assets()).toEqual([]);
    expect(box.requests).toEqual([]);
    expect(clock.untilNextTimerMs()).toBeUndefined();
    for (const path of [
      `/assets/${item?.assetId}`,
      `/assets/multipart-uploads/${upload.uploadId}`,
      `/analyze/batches/${batchId}`,
      `/analyze/tasks/${item?.taskId}`,
    ]) {
      expect((await call('GET', path)).status, path).toBe(404);
    }
  });

  it('goes back to the settings of the start, and ends every fault', async () => {
    const fixture = await startBox({ limits: { activeBatches: 7 }, plan: 'tier2' });
    const { box } = fixture;
    const control = controlOf(box);
    const atStart = box.settings();
    await control('PATCH', '/settings', { limits: { activeBatches: 1, uploadsPerMinute: 1 } });
    await control('POST', '/faults', { kind: 'lose-reply' });
    await reset(fixture);
    expect(box.settings()).toEqual(atStart);
    expect(box.settings().limits).toMatchObject({ activeBatches: 7, uploadsPerMinute: 120 });
    expect(box.faults.list()).toEqual([]);
  });

  it('lets chance take the same course again', async () => {
    const fixture = await startBox();
    const course = async () => {
      fixture.box.faults.set({ kind: 'answer', status: 503, probability: 0.5 });
      const statuses: number[] = [];
      for (let count = 0; count < 16; count += 1) {
        statuses.push((await fixture.call('GET', '/assets')).status);
      }
      await reset(fixture);
      return statuses;
    };
    const first = await course();
    expect(new Set(first)).toEqual(new Set([200, 503]));
    expect(await course()).toEqual(first);
  });

  it('frees the rates and the slots', async () => {
    const fixture = await startBox({ limits: { uploadsPerMinute: 1, activeBatches: 1 } });
    await createBatch(fixture);
    await reset(fixture);
    const batch = generalBatch(await fixture.readyAsset());
    expect((await fixture.call('POST', '/analyze/batches', batch)).status).toBe(201);
  });

  it('begins anew with the bodies of 429s, which alternate', async () => {
    const fixture = await startBox({ limits: { readsPerMinute: 1 } });
    const bodies: unknown[] = [];
    for (let round = 0; round < 3; round += 1) {
      await fixture.call('GET', '/assets');
      bodies.push((await fixture.call('GET', '/assets')).body);
      await reset(fixture);
    }
    expect(bodies).toMatchObject(Array(3).fill({ code: 'too_many_requests' }));
  });

  it('leaves the clock and the webhooks, and sends nothing of what was before', async () => {
    let fail = 0;
    const url = await serve((_, response) => {
      fail += 1;
      response.writeHead(500).end();
    });
    const endpoint = await receiveWebhooks();
    const webhooks = [url, endpoint.url].map((each) => ({ url: each, secret: 's' }));
    const fixture = await startBox({ webhooks });
    await endBatch(fixture);
    await createBatch(fixture);
    // While the clip of the second batch was processed, the first one's was tried again.
    await fixture.box.settled();
    expect({ fail, received: endpoint.received.length }).toEqual({ fail: 2, received: 1 });
    const nowMs = fixture.clock.nowMs();
    await reset(fixture);
    expect(fixture.clock.nowMs()).toBe(nowMs);
    await pass(fixture, DAY_MS);
    expect({ fail, received: endpoint.received.length }).toEqual({ fail: 2, received: 1 });

    await endBatch(fixture);
    expect({ fail, received: endpoint.received.length }).toEqual({ fail: 3, received: 2 });
  });

  it('forgets a webhook whose delivery is under way when it fails', async () => {
    const answers: (() => void)[] = [];
    const url = await serve((_, response) => {
      answers.push(() => response.writeHead(500).end());
    });
    const fixture = await startBox({ webhooks: [{ url, secret: 's' }] });
    await createBatch(fixture);
    await fixture.clock.advance(DAY_MS);
    await waitFor(() => answers.length === 1);
    await reset(fixture);
    for (const answer of answers) answer();
    await pass(fixture, DAY_MS);
    expect(answers).toHaveLength(1);
  });

  it('forgets an upload that is still being fetched', async () => {
    let answer: (() => void) | undefined;
    const url = await serve((_, response) => {
      answer = () => response.end('no video');
    });
    const fixture = await startBox();
    await fixture.call('POST', '/assets', uploadForm({ method: 'url', url: `${url}/clip.mp4` }));
    await waitFor(() => answer !== undefined);
    await reset(fixture);
    answer?.();
    await pass(fixture, DAY_MS);
    expect(fixture.box.assets()).toEqual([]);
    expect(boxFiles()).toEqual([]);
  });
});
