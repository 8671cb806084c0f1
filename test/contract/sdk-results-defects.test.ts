import { describe, expect, it } from 'vitest';
import { type BoxFixture, generalBatch, startBox } from '../support/box-fixture.ts';

/*
 * What `twelvelabs-js` 1.3.4 does wrong with the results of a batch, and why the pipeline reads them
 * itself. A test that fails here says that a defect is mended.
 */

/** A box with a batch that has ended, and what the SDK makes of its results. */
async function endedBatch(items: number) {
  const fixture = await startBox();
  const { call, clock, readyAsset } = fixture;
  const assetId = await readyAsset();
  const batch = generalBatch(...Array<string>(items).fill(assetId));
  const { body } = await call('POST', '/analyze/batches', batch);
  await clock.advance(10_000);
  return { ...fixture, read: () => readAll(fixture.sdk, body.batch_id), batchId: body.batch_id };
}

async function readAll(sdk: BoxFixture['sdk'], batchId: string) {
  const lines: unknown[] = [];
  try {
    for await (const line of await sdk.analyzeAsync.batches.results(batchId)) lines.push(line);
  } catch (error) {
    return { lines, error };
  }
  return { lines, error: undefined };
}

const line = (customId: string, finishReason: string | null = 'stop') =>
  JSON.stringify({
    task_id: 't',
    custom_id: customId,
    status: 'ready',
    data: {
      generation_id: 'g',
      data: 'text',
      finish_reason: finishReason,
      usage: { output_tokens: 1 },
    },
  });

describe('the results in the official SDK 1.3.4', () => {
  // An analysis that was paid for is never seen.
  it('lack the last line when no newline follows it', async () => {
    const { read, box } = await endedBatch(3);
    expect(await read()).toMatchObject({ lines: [{}, {}], error: undefined });
    box.change({ switches: { resultsLastNewline: true } });
    expect((await read()).lines).toHaveLength(3);
  });

  // Half of the results look like all of them; only counting the lines tells.
  it('end without an error where their body is cut cleanly', async () => {
    const { read, box } = await endedBatch(10);
    const whole = (await read()).lines.length;
    box.faults.set({ kind: 'cut', afterBytes: 1_500, ending: 'clean' });
    const { lines, error } = await read();
    expect(error).toBeUndefined();
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(whole);
  });

  // No error of the SDK: whoever looks for its classes takes this for a bug of his own.
  it('end with a bare TypeError where their connection is reset', async () => {
    const { read, box } = await endedBatch(10);
    box.faults.set({ kind: 'cut', afterBytes: 1_500, ending: 'reset' });
    const { lines, error } = await read();
    expect(lines.length).toBeGreaterThan(0);
    expect(typeOf(error)).toBe('TypeError');
    expect(error).toMatchObject({ message: 'terminated' });
  });

  // Texts in any language but English are damaged now and then, by how the network cuts them.
  it('have characters replaced that were cut between two chunks', async () => {
    const { read, call, batchId } = await endedBatch(2);
    let lines = '';
    // A process that is busy finds both pieces at once, and reads them as one.
    for (let time = 0; time < 50 && !lines.includes('\uFFFD'); time++) {
      lines = JSON.stringify((await read()).lines);
    }
    expect(lines).toContain('\uFFFD');
    const { text } = await call('GET', `/analyze/batches/${batchId}/results`);
    expect(text).not.toContain('\uFFFD');
  });

  // One line that is not as expected costs all the lines after it.
  it.each([
    ['a line that is no JSON', '{"task_id":', 'SyntaxError'],
    ['a line without a finish reason', line('b', null), 'ParseError'],
  ])('end at %s', async (_, bad, type) => {
    const { read, box } = await endedBatch(1);
    const text = `${[line('a'), bad, line('c')].join('\n')}\n`;
    box.faults.set({ kind: 'answer', status: 200, body: { text } });
    const { lines, error } = await read();
    expect(lines).toMatchObject([{ customId: 'a' }]);
    expect(typeOf(error)).toBe(type);
  });

  // Why the results were refused is not to be read from the error, nor is it in its message.
  it('are refused with an error whose body nobody has read', async () => {
    const { sdk } = await startBox();
    const { error } = await readAll(sdk, '0123456789abcdef01234567');
    expect(error).toMatchObject({ statusCode: 404, message: expect.stringMatching(/Body: {}$/) });
    const { body } = error as { body: ReadableStream };
    expect(body).toBeInstanceOf(ReadableStream);
    expect(await new Response(body).json()).toMatchObject({
      error: { code: 'resource_not_exist' },
    });
  });
});

function typeOf(error: unknown): string | undefined {
  return (error as Error | undefined)?.constructor.name;
}
