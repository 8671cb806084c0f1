import { describe, expect, it } from 'vitest';
import { createBatch, segmentBatch, withItem, withSchema } from '../support/batch-bodies.ts';
import { generalBatch, readLines, samples, startBox, T0 } from '../support/box-fixture.ts';

const PROMPT = 'What happens — 何が? 🥅 And what does not, and why not?';

const image = { name: 'logo', media_type: 'image', url: 'https://a/b' };
const picture = { name: 'face', media_type: 'image', base64_string: 'AAAA' };

describe('a task', () => {
  it('is an item, with what was asked and what came out', async () => {
    const { sdk, call, clock, readyAsset } = await startBox();
    const id = await readyAsset();
    const { batch_id, items } = await createBatch(call, generalBatch(id));
    const taskId = items[0]?.task_id ?? '';
    expect(await sdk.analyzeAsync.tasks.retrieve(taskId)).toMatchObject({
      status: 'queued',
      customId: 'item-0',
      createdAt: new Date(T0.getTime() + 1_500),
      videoSource: { type: 'asset_id', assetId: id, systemMetadata: { duration: 20 } },
      requestParams: { analysisMode: 'general', promptV2: { inputText: 'What happens — 何が?' } },
    });
    await clock.advance(4_000);
    const task = await sdk.analyzeAsync.tasks.retrieve(taskId);
    expect(task).toMatchObject({ status: 'ready', result: { finishReason: 'stop' } });
    expect(task).not.toHaveProperty('error');
    expect(task.completedAt).toBeInstanceOf(Date);
    const [line] = await readLines(call, batch_id);
    expect(task.result?.data).toBe(line?.data?.data);
  });

  it('has the keys of its status, and no other', async () => {
    const { call, clock, readyAsset } = await startBox();
    const batch = { ...generalBatch(await readyAsset()), requests: [] as object[] };
    const id = await readyAsset();
    batch.requests = [{ video: { type: 'asset_id', asset_id: id } }];
    const { items, batch_id } = await createBatch(call, batch);
    const path = `/analyze/tasks/${items[0]?.task_id}`;
    const always = ['task_id', 'custom_id', 'batch_id', 'video_source', 'request_params', 'status'];
    const queued = (await call('GET', path)).body;
    expect(Object.keys(queued)).toEqual([...always, 'created_at']);
    expect(queued).toMatchObject({ custom_id: null, batch_id });
    await clock.advance(4_000);
    const ready = (await call('GET', path)).body;
    expect(Object.keys(ready)).toEqual([...always, 'created_at', 'completed_at', 'result']);
    expect(Object.keys(ready.result)).toEqual(['generation_id', 'data', 'finish_reason', 'usage']);
  });

  it('shows the whole of its request, except the bytes of images', async () => {
    const { call, readyAsset } = await startBox();
    const id = await readyAsset();
    const field = { name: 'who', type: 'array', description: 'Who.', items: { type: 'string' } };
    const asked = segmentBatch(id, {
      fields: [field],
      media_sources: [image, picture],
      time_ranges: [{ start_time: 0, end_time: 5 }],
    });
    const { items } = await createBatch(call, withItem(asked, { max_tokens: 4_096 }));
    const { body } = await call('GET', `/analyze/tasks/${items[0]?.task_id}`);
    expect(body.request_params).toEqual({
      analysis_mode: 'time_based_metadata',
      response_format: {
        type: 'segment_definitions',
        segment_definitions: [
          {
            id: 'goals',
            description: 'A goal.',
            fields: [field],
            media_sources: [image, { name: 'face', media_type: 'image' }],
            time_ranges: [{ start_time: 0, end_time: 5 }],
          },
        ],
      },
      max_tokens: 4_096,
    });
  });

  it('says why it was canceled, which its line does not', async () => {
    const { sdk, call, clock, readyAsset } = await startBox();
    const { batch_id, items } = await createBatch(call, generalBatch(await readyAsset()));
    await sdk.analyzeAsync.batches.cancel(batch_id);
    await clock.advance(300);
    const { body } = await call('GET', `/analyze/tasks/${items[0]?.task_id}`);
    expect(body).toMatchObject({
      status: 'canceled',
      completed_at: new Date(T0.getTime() + 1_500).toISOString(),
      error: { code: 'batch_canceled', message: expect.any(String) },
    });
    expect(Object.keys((await readLines(call, batch_id))[0] ?? {})).not.toContain('error');
  });
});

describe('the list of tasks', () => {
  it('lists newest first, by status, asset and mode, in pages', async () => {
    const { sdk, call, clock, readyAsset } = await startBox();
    const football = await readyAsset();
    const interview = await readyAsset(samples.webm);
    const first = await createBatch(call, generalBatch(football, interview));
    await clock.advance(4_000);
    const second = await createBatch(call, segmentBatch(football));
    const [a = '', b = ''] = first.items.map((item) => item.task_id);
    const [c = ''] = second.items.map((item) => item.task_id);
    const list = async (request: object) =>
      (await sdk.analyzeAsync.tasks.list(request)).data.map((task) => task.taskId);
    expect(await list({})).toEqual([c, b, a]);
    expect(await list({ status: 'queued' })).toEqual([c]);
    expect(await list({ status: 'ready' })).toEqual([b, a]);
    expect(await list({ status: 'pending' })).toEqual([]);
    expect(await list({ assetId: football })).toEqual([c, a]);
    expect(await list({ assetId: football.toUpperCase(), status: 'ready' })).toEqual([a]);
    expect(await list({ analysisMode: 'time_based_metadata' })).toEqual([c]);
    expect(await list({ videoUrl: 'https://a/b' })).toEqual([]);
    expect(await list({ page: 2, pageLimit: 2 })).toEqual([a]);
    const { pageInfo } = await sdk.analyzeAsync.tasks.list({ pageLimit: 2 });
    expect(pageInfo).toEqual({ limitPerPage: 2, page: 1, totalPage: 2, totalResults: 3 });
  });

  it('shortens the prompt to 30 characters and leaves the schema out', async () => {
    const { call, readyAsset } = await startBox();
    const batch = withSchema(await readyAsset(), { type: 'object' });
    await createBatch(call, withItem(batch, { prompt: { input_text: PROMPT } }));
    const { body } = await call('GET', '/analyze/tasks');
    const { prompt_v2: prompt, response_format: format } = body.data[0].request_params;
    expect(prompt.input_text).toBe([...PROMPT].slice(0, 30).join(''));
    expect(format).toEqual({ type: 'json_schema' });
    const { body: task } = await call('GET', `/analyze/tasks/${body.data[0].task_id}`);
    expect(task.request_params.prompt_v2.input_text).toBe(PROMPT);
    expect(task.request_params.response_format.json_schema).toEqual({ type: 'object' });
  });

  it('shows the first of several segment definitions', async () => {
    const { call, readyAsset } = await startBox();
    const definitions = ['a', 'b'].map((id) => ({ id, description: id }));
    const batch = segmentBatch(await readyAsset());
    const response_format = { type: 'segment_definitions', segment_definitions: definitions };
    await createBatch(call, { ...batch, defaults: { response_format } });
    const { body } = await call('GET', '/analyze/tasks');
    const { response_format: shown } = body.data[0].request_params;
    expect(shown.segment_definitions).toEqual(definitions.slice(0, 1));
  });

  it.each(['status=done', 'asset_id=xyz', 'page_limit=51', 'analysis_mode=x'])(
    'refuses %s',
    async (query) => {
      const { call } = await startBox();
      expect(await call('GET', `/analyze/tasks?${query}`)).toMatchObject({
        status: 400,
        body: { error: { code: 'parameter_invalid' } },
      });
    },
  );
});
