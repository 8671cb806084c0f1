import { TwelvelabsApi, TwelvelabsApiError, TwelvelabsApiTimeoutError } from 'twelvelabs-js';
import { describe, expect, it } from 'vitest';
import type { FaultInput } from '../../local/twelvelabs/faults/fault.ts';
import { startBox } from '../support/box-fixture.ts';
import { failureOf } from '../support/failure-of.ts';

/*
 * What the errors of `twelvelabs-js` 1.3.4 hide, and why the pipeline makes its own. A test that
 * fails here says that a defect is mended.
 */

type Body = NonNullable<Extract<FaultInput, { kind: 'answer' }>['body']>;

const batch = {
  modelName: 'pegasus1.5' as const,
  analysisMode: 'general' as const,
  requests: [{ video: { type: 'asset_id' as const, assetId: '0123456789abcdef01234567' } }],
};
const once = { maxRetries: 0 };

/** What creating a batch and retrieving one fail with, when they are answered so. */
async function failuresOf(status: number, body: Body): Promise<{ create: Error; retrieve: Error }> {
  const { box, sdk } = await startBox();
  box.faults.set({ kind: 'answer', status, body });
  const { batches } = sdk.analyzeAsync;
  return {
    create: await failureOf(batches.create(batch, once)),
    retrieve: await failureOf(batches.retrieve('0123456789abcdef01234567', once)),
  };
}

describe('an error of the official SDK 1.3.4', () => {
  // The very failures that may have created a batch lose their status, and their class.
  it.each(
    [503, 504].flatMap((status) =>
      (['flat', 'html', 'empty'] as const).map((b) => [status, b] as const),
    ),
  )(
    'is no error of the API when a create is answered %i with a body that is %s',
    async (status, body) => {
      const { create, retrieve } = await failuresOf(status, body);
      expect(create).not.toBeInstanceOf(TwelvelabsApiError);
      expect(create).not.toHaveProperty('statusCode');
      expect(create.constructor.name).toBe('ParseError');
      expect(retrieve).toMatchObject({ statusCode: status });
    },
  );

  it('is one of the API when a create is answered as declared', async () => {
    const { create } = await failuresOf(504, 'nested');
    expect(create).toBeInstanceOf(TwelvelabsApi.GatewayTimeoutError);
    expect(create).toMatchObject({ statusCode: 504 });
  });

  // A class tells of a 429 in one call and not in another: only the number can be trusted.
  it('has the class of its status only where the endpoint declares it', async () => {
    const { create, retrieve } = await failuresOf(429, 'nested');
    expect(create).toBeInstanceOf(TwelvelabsApi.TooManyRequestsError);
    expect(retrieve).not.toBeInstanceOf(TwelvelabsApi.TooManyRequestsError);
    expect(retrieve).toMatchObject({ statusCode: 429 });
  });

  // Logs that group by the name of an error put all of them in one heap.
  it.each([400, 404, 409, 429, 500, 503])(
    'has the name Error, whatever it is (%i)',
    async (status) => {
      const { create, retrieve } = await failuresOf(status, 'nested');
      expect([create.name, retrieve.name]).toEqual(['Error', 'Error']);
    },
  );

  // What a proxy said stands inside an object that looks like an answer of the API.
  it('has a body that nobody sent when the answer is no JSON', async () => {
    const { retrieve } = await failuresOf(500, 'html');
    expect(retrieve).toMatchObject({
      body: { ok: false, error: { reason: 'non-json', rawBody: expect.stringMatching(/^<html>/) } },
    });
  });

  // A success that can not be read has neither a status nor a class of the SDK.
  it.each<[string, Body, string]>([
    ['a page of a proxy', 'html', 'ParseError'],
    ['nothing', 'empty', 'TypeError'],
    ['half of it', { text: '{"batch_id":"0123' }, 'ParseError'],
  ])('is no error of the API when a success brings %s', async (_, body, type) => {
    const { retrieve } = await failuresOf(200, body);
    expect(retrieve).not.toBeInstanceOf(TwelvelabsApiError);
    expect(retrieve.constructor.name).toBe(type);
  });

  // The class that is made for it is never thrown; the text is the only sign, and it is quoted JSON.
  it('is none of a timeout when time runs out', async () => {
    const { box, sdk, clock } = await startBox();
    box.faults.set({ kind: 'slow', ms: 1_000 });
    const { batches } = sdk.analyzeAsync;
    const error = await failureOf(batches.list({}, { ...once, timeoutInSeconds: 0.05 }));
    expect(error).toBeInstanceOf(TwelvelabsApiError);
    expect(error).not.toBeInstanceOf(TwelvelabsApiTimeoutError);
    expect(error).toMatchObject({ message: '"timeout"', statusCode: undefined });
    await clock.advance(1_000);
  });

  // A task whose failure lacks one optional text can not be read at all.
  it('hides a task whose own error has no message', async () => {
    const { box, sdk } = await startBox();
    const task = {
      task_id: 't',
      custom_id: null,
      status: 'failed',
      created_at: '2026-10-01T00:00:00Z',
      error: { code: 'asset_unavailable' },
    };
    box.faults.set({ kind: 'answer', status: 200, body: { text: JSON.stringify(task) } });
    const error = await failureOf(sdk.analyzeAsync.tasks.retrieve('t', once));
    expect(error.constructor.name).toBe('ParseError');
    expect(error.message).toContain('Missing required key "message"');
  });
});
