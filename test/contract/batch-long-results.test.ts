import { once } from 'node:events';
import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { createBatch, segmentBatch, withSchema } from '../support/batch-bodies.ts';
import {
  API_KEY,
  generalBatch,
  type ResultLine,
  readLines,
  startBox,
} from '../support/box-fixture.ts';
import { waitFor } from '../support/wait-for.ts';

const LINE_BYTES = 300_000;

/** A batch of long results that has ended, and how many of its lines have been made. */
async function longBatch(count: number) {
  const fixture = await startBox();
  const { box, call, clock, readyAsset } = fixture;
  const id = await readyAsset();
  box.faults.set({ kind: 'long-item', bytes: LINE_BYTES });
  const { batch_id } = await createBatch(call, generalBatch(...Array(count).fill(id)));
  await clock.advance(4_000);
  // It never strikes, but counts the lines.
  const counter = box.faults.set({ kind: 'drop-line', probability: 0 });
  const made = () => box.faults.list().find((each) => each.faultId === counter)?.met ?? 0;
  const open = async (): Promise<{ request: ClientRequest; response: IncomingMessage }> => {
    const url = `${box.baseUrl}/analyze/batches/${batch_id}/results`;
    const request = get(url, { headers: { 'x-api-key': API_KEY }, agent: false });
    request.on('error', () => {});
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.on('error', () => {});
    return { request, response };
  };
  return { ...fixture, made, open };
}

/** How many lines have been made when it has not been more for a while. */
async function untilIdle(made: () => number): Promise<number> {
  let before = -1;
  let idlePolls = 0;
  await waitFor(() => {
    idlePolls = made() === before ? idlePolls + 1 : 0;
    before = made();
    return idlePolls > 10;
  });
  return before;
}

describe('long results', () => {
  it('are read to the end, line by line', async () => {
    const { made, open } = await longBatch(100);
    const { response } = await open();
    const seen = new Set<string>();
    for await (const text of createInterface({ input: response })) {
      const line = JSON.parse(text) as ResultLine;
      expect(Buffer.byteLength(text)).toBeGreaterThan(LINE_BYTES);
      expect(line.data?.data).not.toContain('\uFFFD');
      seen.add(line.task_id);
    }
    expect(seen.size).toBe(100);
    expect(made()).toBe(100);
  });

  it('are made only as they are read', async () => {
    const { made, open } = await longBatch(1_000);
    const { request, response } = await open();
    response.pause();
    expect(await untilIdle(made)).toBeLessThan(100);
    request.destroy();
  });

  it('stop being made when the reader goes away', async () => {
    const { box, call, made, open } = await longBatch(1_000);
    const { request, response } = await open();
    await once(response, 'data');
    request.destroy();
    const stoppedAt = await untilIdle(made);
    expect(stoppedAt).toBeLessThan(1_000);
    expect((await call('GET', '/analyze/batches')).status).toBe(200);
    await box.close();
    expect(made()).toBe(stoppedAt);
  });

  it.each(['identity', 'gzip'] as const)(
    'end with the box that sends them (%s)',
    async (resultsEncoding) => {
      const { box, open } = await longBatch(200);
      box.change({ switches: { resultsEncoding } });
      const { response } = await open();
      response.pause();
      const closed = new Promise((resolve) => response.once('close', resolve));
      await box.close();
      response.resume();
      await closed;
      expect(response.complete).toBe(false);
    },
  );

  it.each<[string, (id: string) => object]>([
    ['a document', (id) => withSchema(id, { properties: { title: { type: 'string' } } })],
    [
      'segments',
      (id) =>
        segmentBatch(id, { fields: [{ name: 'title', type: 'string', description: 'A title.' }] }),
    ],
  ])('may be %s', async (_, batchOf) => {
    const { box, call, clock, readyAsset } = await startBox();
    const id = await readyAsset();
    box.faults.set({ kind: 'long-item', bytes: LINE_BYTES });
    const { batch_id } = await createBatch(call, batchOf(id));
    await clock.advance(4_000);
    const [line] = await readLines(call, batch_id);
    const data = line?.data?.data ?? '';
    expect(Math.abs(Buffer.byteLength(data) - LINE_BYTES)).toBeLessThan(60);
    expect(JSON.parse(data)).toBeTypeOf('object');
    expect((await readLines(call, batch_id))[0]?.data?.data).toBe(data);
  });
});
