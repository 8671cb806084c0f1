import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../../shared/analysis.ts';
import { createArchive } from '../../../shared/archive.ts';
import { unpackLines } from '../../../shared/archive-format.ts';
import { CLIP, startTestPipeline, type TestPipeline } from '../../support/test-pipeline.ts';

const GOALS = new URL('../../../samples/football/goals.mp4', import.meta.url);
const HOUR = 3_600;
const nowhere = { archiveKey: '', offsetBytes: 0, lengthBytes: 0 };

/** Answers the next results with this text. */
function answerResults(test: TestPipeline, text: string, times = 1): void {
  const answer = { kind: 'answer', operation: 'batches.results', status: 200 } as const;
  test.box.faults.set({ ...answer, body: { text }, times });
}

function readyLine(customId: string | undefined, data: string | undefined): string {
  return JSON.stringify({
    task_id: '68f4ddaf8aaa60d33df0e900',
    custom_id: customId,
    status: 'ready',
    ...(data !== undefined && {
      data: { data, finish_reason: 'stop', usage: { output_tokens: 1 } },
    }),
  });
}

async function analysisOf(test: TestPipeline, key: string, profile = 'summary') {
  return (await test.rowsOf(key)).analyses.find((it) => it.profile === profile);
}

/** Lets time pass until an analysis has reached a state on its way. */
async function reach(test: TestPipeline, key: string, state: Analysis['state'], profile?: string) {
  for (let second = 0; second < 300; second++) {
    const analysis = await analysisOf(test, key, profile);
    if (analysis?.state === state) return analysis;
    await test.letPass(1);
  }
  throw new Error(`${key} is ${(await analysisOf(test, key, profile))?.state}, not ${state}`);
}

describe('uploads', () => {
  it('of one key in quick succession end with the newest', async () => {
    await using test = await startTestPipeline();
    const keys = ['a.mp4', 'b.mp4', 'c.mp4', 'd.mp4'];
    for (const key of keys) {
      await test.drop(key, CLIP);
      await test.drop(key, GOALS);
    }

    const rows = await test.letThemFinish(keys, 1_200);

    for (const { key, video, analyses } of rows) {
      expect(video, key).toMatchObject({ state: 'admitted', widthPixels: 640 });
      expect(analyses, key).toMatchObject([{ state: 'ready', videoId: video?.videoId }]);
    }
  });

  it('are tried again when the same file is dropped anew after a refusal', async () => {
    await using test = await startTestPipeline();
    const refusal = { kind: 'answer', status: 400, code: 'parameter_invalid' } as const;
    test.box.faults.set({ ...refusal, operation: 'assets.create', times: 1 });
    await test.drop('a.webm');
    await test.letPass(60);
    expect((await test.rowsOf('a.webm')).video).toMatchObject({ state: 'rejected' });

    await test.drop('a.webm');
    await test.letPass(1);
    const [rows] = await test.letThemFinish(['a.webm'], 300);

    expect(rows?.analyses).toMatchObject([{ state: 'ready' }]);
    expect(rows?.video?.reason).toBeUndefined();
  });

  it('keep to the rate of the plan after an hour in which nothing ran', async () => {
    await using test = await startTestPipeline();
    for (let number = 0; number < 100; number++) await test.drop(`${number}.webm`);
    await test.pipeline.cloud.whenIdle();

    await test.leap(HOUR);

    const posts = test.box.requests.filter((it) => it === 'assets.create');
    expect(posts.length).toBeLessThan(60);
    expect(test.box.ledger.assets()).toHaveLength(posts.length);
  });

  it('survive a list that lacks their asset', async () => {
    await using test = await startTestPipeline();
    const empty = '{"data":[],"page_info":{"page":1,"total_page":0}}';
    const answer = { kind: 'answer', operation: 'assets.list', status: 200 } as const;
    test.box.faults.set({ ...answer, body: { text: empty }, times: 3 });
    await test.drop('a.webm');

    const [rows] = await test.letThemFinish(['a.webm'], 300);

    expect(rows?.analyses).toMatchObject([{ state: 'ready' }]);
  });
});

describe('a batch whose reply was lost', () => {
  it('is known again though the video on its first line was replaced meanwhile', async () => {
    await using test = await startTestPipeline({ timing: { batchPendingMs: HOUR * 1000 } });
    test.box.faults.set({ kind: 'lose-reply', operation: 'batches.create', times: 1 });
    const keys = ['a.webm', 'b.webm', 'c.webm'];
    for (const key of keys) await test.drop(key);
    await reach(test, 'c.webm', 'submitting');
    for (const key of keys.slice(0, 2)) await test.drop(key, GOALS);

    const rows = await test.letThemFinish(keys, 6 * HOUR);

    for (const { analyses } of rows) expect(analyses).toMatchObject([{ state: 'ready' }]);
    // Three uploads in the batch that was lost and found, and the two that came after them.
    expect(test.box.ledger.billedItems()).toHaveLength(5);
  });

  it('is given up though a stranger keeps his results to himself', async () => {
    await using test = await startTestPipeline();
    test.box.faults.set({ kind: 'lose-request', operation: 'batches.create', times: 1 });
    await test.drop('a.webm');
    const { assetId } = await reach(test, 'a.webm', 'submitting');
    const stranger = await fetch(`${test.box.baseUrl}/analyze/batches`, {
      method: 'POST',
      headers: { 'x-api-key': 'tlk_test', 'content-type': 'application/json' },
      body: JSON.stringify({
        model_name: 'pegasus1.5',
        analysis_mode: 'general',
        requests: [
          { video: { type: 'asset_id', asset_id: assetId }, prompt: { input_text: 'What?' } },
        ],
      }),
    });
    expect(stranger.status).toBe(201);
    const refusal = { kind: 'answer', status: 403, code: 'read_not_allowed' } as const;
    test.box.faults.set({ ...refusal, operation: 'batches.results', times: 12 });

    const [rows] = await test.letThemFinish(['a.webm'], 2 * HOUR);

    expect(rows?.analyses).toMatchObject([{ state: 'ready', attempt: 2 }]);
  });
});

describe('a provider that says no', () => {
  it('is left alone, longer each time, and no try is used up', async () => {
    await using test = await startTestPipeline({ webhooks: false });
    const refusal = { kind: 'answer', status: 429, code: 'too_many_requests' } as const;
    test.box.faults.set({ ...refusal, operation: 'batches.create', times: 4 });
    await test.drop('a.webm');
    await test.letPass(HOUR / 3);

    const posts = test.box.requests.filter((it) => it === 'batches.create');
    expect(posts.length).toBeLessThanOrEqual(5);
    const [rows] = await test.letThemFinish(['a.webm'], HOUR);
    expect(rows?.analyses).toMatchObject([{ state: 'ready', setbacks: 0 }]);
  });

  it('is not believed to have lost a batch on the strength of one 404', async () => {
    await using test = await startTestPipeline();
    const gone = { kind: 'answer', status: 404, body: 'empty' } as const;
    test.box.faults.set({ ...gone, operation: 'batches.results', times: 1 });
    test.box.faults.set({ ...gone, operation: 'batches.retrieve', times: 2 });
    await test.drop('a.webm');

    const [rows] = await test.letThemFinish(['a.webm'], HOUR);

    expect(rows?.analyses).toMatchObject([{ state: 'ready', attempt: 1 }]);
  });
});

describe('results', () => {
  it('that are ready without their data are waited for, not paid again', async () => {
    await using test = await startTestPipeline({ webhooks: false });
    await test.drop('a.webm');
    const { customId } = await reach(test, 'a.webm', 'submitted');
    answerResults(test, readyLine(customId, undefined));

    const [rows] = await test.letThemFinish(['a.webm'], HOUR);

    expect(rows?.analyses).toMatchObject([{ state: 'ready', attempt: 1 }]);
    expect(test.box.ledger.items()).toHaveLength(1);
  });

  it('that lag behind the counters of a running batch are read at the next look', async () => {
    await using test = await startTestPipeline({
      webhooks: false,
      timing: { itemStartSpreadMs: 20 * HOUR * 1000 },
    });
    const keys = ['a.webm', 'b.webm', 'c.webm', 'd.webm'];
    for (const key of keys) await test.drop(key);
    for (const key of keys) await reach(test, key, 'submitted');
    for (let looks = 0; test.box.batches()[0]?.ready_items === 0 && looks < 600; looks++) {
      await test.clock.advance(120_000);
    }
    answerResults(test, '');
    const states = async () =>
      (await Promise.all(keys.map((key) => analysisOf(test, key)))).map((it) => it?.state);

    await test.letPass(600);

    expect(test.box.batches()).toMatchObject([{ status: 'processing' }]);
    expect(await states()).toContain('ready');
    expect(await states()).toContain('submitted');
  });

  it('too large for a row lie where its pointer says, however often they are read', async () => {
    await using test = await startTestPipeline({ webhooks: false });
    for (const key of ['a.webm', 'b.webm']) await test.drop(key);
    const a = await reach(test, 'a.webm', 'submitted');
    const b = await reach(test, 'b.webm', 'submitted');
    const lineA = readyLine(a.customId, 'é'.repeat(40_000));
    const lineB = readyLine(b.customId, 'B'.repeat(50_000));
    answerResults(test, lineA);
    answerResults(test, `${lineB}\n${lineA}`);
    await test.letThemFinish(['a.webm', 'b.webm'], HOUR);

    for (const [key, line] of [
      ['a.webm', lineA],
      ['b.webm', lineB],
    ] as const) {
      const analysis = await analysisOf(test, key);
      expect(analysis?.result).toEqual({ inArchive: 'text', lengthBytes: Buffer.byteLength(line) });
      const archive = createArchive(test.pipeline.archiveBucket, test.pipeline.s3);
      const lines = await unpackLines(await archive.readMember(analysis?.archived ?? nowhere));
      expect(lines.map((bytes) => Buffer.from(bytes).toString())).toEqual([line]);
    }
  });

  it('that no row can hold stop nothing and are not lost', async () => {
    await using test = await startTestPipeline({ webhooks: false });
    const keys = ['football/a.webm', 'football/b.webm'];
    for (const key of keys) await test.drop(key);
    const a = await reach(test, 'football/a.webm', 'submitted', 'goals');
    const b = await reach(test, 'football/b.webm', 'submitted', 'goals');
    const segments = (definition: string) =>
      JSON.stringify({ [definition]: [{ start_time: 1, end_time: 4, metadata: {} }] });
    const lines = [
      readyLine(a.customId, segments('d'.repeat(1_100))),
      readyLine(b.customId, segments('goal')),
    ];
    answerResults(test, lines.join('\n'), 9);

    await test.letPass(HOUR);

    expect(await analysisOf(test, 'football/b.webm', 'goals')).toMatchObject({ state: 'ready' });
    expect(await analysisOf(test, 'football/a.webm', 'goals')).toMatchObject({
      state: 'ready',
      result: { inArchive: 'segments', notInRowBecause: expect.any(String) },
    });
  });

  it('that lack a claim which was never sent send it back to the queue', async () => {
    await using test = await startTestPipeline({ timing: { batchPendingMs: 1_500_000 } });
    await test.drop('a.webm');
    const a = await reach(test, 'a.webm', 'submitted');
    const ghost: Analysis = {
      ...a,
      pk: a.pk.replace('a.webm', 'ghost.webm'),
      key: 'ghost.webm',
      state: 'submitting',
      stage: 'settle-batches',
      dueAt: '2026-11-21T12:00:00.000Z',
      customId: `ghost-${a.batchId}`,
    };
    const { table, tableName } = test.pipeline;
    await table.send(new PutCommand({ TableName: tableName, Item: ghost }));

    for (let minute = 0; minute < 60; minute++) {
      if ((await analysisOf(test, 'ghost.webm'))?.state === 'ready') break;
      await test.letPass(60);
    }

    expect(await analysisOf(test, 'ghost.webm')).toMatchObject({ state: 'ready', attempt: 2 });
    expect(test.box.ledger.billedItems()).toHaveLength(2);
  });
});
