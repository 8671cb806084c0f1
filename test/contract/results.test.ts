import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createBatch, withFormat } from '../support/batch-bodies.ts';
import { API_KEY, generalBatch, startBox } from '../support/box-fixture.ts';

describe('results', () => {
  it('are JSON Lines without a last newline, a line an item, in any state', async () => {
    const { call, clock, readyAsset } = await startBox();
    const id = await readyAsset();
    const { body } = await call('POST', '/analyze/batches', generalBatch(id, id));
    const early = await results(call, body.batch_id);
    expect(early.headers.get('content-type')).toBe('application/jsonl');
    expect(early.text).not.toMatch(/\n$/);
    expect(early.text.split('\n').map((line) => Object.keys(JSON.parse(line)))).toEqual([
      ['task_id', 'custom_id', 'status'],
      ['task_id', 'custom_id', 'status'],
    ]);
    await clock.advance(4_000);
    const lines = (await results(call, body.batch_id)).text.split('\n').map((l) => JSON.parse(l));
    for (const line of lines) {
      expect(line).toMatchObject({
        status: 'ready',
        data: {
          generation_id: expect.any(String),
          data: expect.stringMatching(
            /^Simulated analysis \(no model has seen this video\): .*×.*—/,
          ),
          finish_reason: 'stop',
          usage: { output_tokens: expect.any(Number), input_tokens: expect.any(Number) },
        },
      });
      expect(line.data.data).toContain('What happens — 何が?');
    }
  });

  it('arrive with characters torn apart', async () => {
    const { box, call, clock, readyAsset } = await startBox();
    const { body } = await call('POST', '/analyze/batches', generalBatch(await readyAsset()));
    await clock.advance(4_000);
    const url = `${box.baseUrl}/analyze/batches/${body.batch_id}/results`;
    const response = await new Promise<IncomingMessage>((resolve) =>
      get(url, { headers: { 'x-api-key': API_KEY } }, resolve),
    );
    let torn = '';
    response.on('data', (chunk: Buffer) => {
      torn += chunk.toString();
    });
    await once(response, 'end');
    expect(torn).toContain('\uFFFD');
  });

  it('lose their last line in the official SDK 1.3.4: notice when that is mended', async () => {
    const { sdk, call, clock, readyAsset } = await startBox();
    const id = await readyAsset();
    const { body } = await call('POST', '/analyze/batches', generalBatch(id, id, id));
    await clock.advance(4_000);
    const seen: unknown[] = [];
    for await (const line of await sdk.analyzeAsync.batches.results(body.batch_id)) seen.push(line);
    expect(seen).toHaveLength(2);
    expect(JSON.stringify(seen)).toContain('\uFFFD');
  });

  it('satisfy a JSON schema', async () => {
    const { call, clock, readyAsset } = await startBox();
    const json_schema = {
      type: 'object',
      properties: {
        title: { type: 'string' },
        mood: { enum: ['calm', 'tense'] },
        score: { type: 'integer', minimum: 3, maximum: 4 },
        moments: {
          type: 'array',
          items: {
            type: 'object',
            properties: { at: { type: 'timestamp', format: 'hh:mm:ss' } },
            required: ['at'],
          },
        },
      },
      required: ['title'],
    };
    const batch = {
      ...generalBatch(await readyAsset()),
      defaults: {
        prompt: { input_text: 'Describe.' },
        response_format: { type: 'json_schema', json_schema },
      },
    };
    const { body } = await call('POST', '/analyze/batches', batch);
    await clock.advance(4_000);
    const line = JSON.parse((await results(call, body.batch_id)).text);
    const document = JSON.parse(line.data.data);
    expect(Object.keys(document)).toEqual(['title', 'mood', 'score', 'moments']);
    expect(document).toMatchObject({
      title: expect.stringContaining('imulated'),
      mood: expect.stringMatching(/calm|tense/),
      moments: [{ at: expect.stringMatching(/^\d\d:\d\d:\d\d$/) }],
    });
    expect([3, 4]).toContain(document.score);
  });

  it.each([
    ['seconds', /^\d+(\.\d+)?$/, 'number'],
    ['hh:mm:ss', /^\d\d:\d\d:\d\d$/, 'string'],
    ['hh:mm:ss.fff', /^\d\d:\d\d:\d\d\.\d{3}$/, 'string'],
  ])('have segments with their times as %s', async (segment_time_format, form, type) => {
    const { call, clock, readyAsset } = await startBox();
    const batch = withFormat(await readyAsset(), {
      type: 'segment_definitions',
      segment_definitions: [{ id: 'all', description: 'All.' }],
      segment_time_format,
    });
    const { batch_id } = await createBatch(call, batch);
    await clock.advance(4_000);
    const line = JSON.parse((await results(call, batch_id)).text);
    const [segment] = JSON.parse(line.data.data).all;
    expect(Object.keys(segment)).toEqual(['start_time', 'end_time', 'metadata']);
    expect(typeof segment.start_time).toBe(type);
    expect(String(segment.end_time)).toMatch(form);
  });

  it('have segments of the durations and fields asked for, the same at every reading', async () => {
    const { box, call, clock, readyAsset } = await startBox();
    const definition = {
      id: 'goals',
      description: 'A goal is scored.',
      fields: [
        { name: 'title', type: 'string', description: 'A headline.' },
        { name: 'team', type: 'string', description: 'Who.', enum: ['home', 'away'] },
        { name: 'sure', type: 'boolean', description: 'Sure?' },
        { name: 'players', type: 'array', description: 'Who.', items: { type: 'integer' } },
        { name: 'peak', type: 'timestamp', description: 'When.', format: 'hh:mm:ss.fff' },
      ],
    };
    const { defaults: _, ...batch } = generalBatch(await readyAsset());
    const request = {
      ...batch,
      analysis_mode: 'time_based_metadata',
      defaults: {
        response_format: {
          type: 'segment_definitions',
          segment_definitions: [definition, { ...definition, id: 'fouls' }],
        },
        min_segment_duration: 2,
        max_segment_duration: 3,
      },
    };
    const { status, body } = await call('POST', '/analyze/batches', request);
    expect(status).toBe(201);
    await clock.advance(4_000);
    const { text } = await results(call, body.batch_id);
    expect((await results(call, body.batch_id)).text).toBe(text);

    const segments = JSON.parse(JSON.parse(text).data.data);
    expect(Object.keys(segments)).toEqual(['goals', 'fouls']);
    expect(segments.goals.length).toBeGreaterThan(1);
    for (const { start_time: start, end_time: end, metadata } of segments.goals) {
      expect(end - start).toBeGreaterThanOrEqual(1.999);
      expect(end - start).toBeLessThanOrEqual(3.001);
      expect(metadata).toEqual({
        title: expect.stringContaining('Simulated'),
        team: expect.stringMatching(/home|away/),
        sure: expect.any(Boolean),
        players: [expect.any(Number), expect.any(Number)],
        peak: expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3}$/),
      });
    }
    const [asset] = box.assets();
    expect(box.ledger.billedItems()[0]?.billedSeconds).toBe(
      2 * Number(asset && 'duration' in asset && asset.duration),
    );
  });
});

function results<T>(call: (method: string, path: string) => Promise<T>, batchId: string) {
  return call('GET', `/analyze/batches/${batchId}/results`);
}
