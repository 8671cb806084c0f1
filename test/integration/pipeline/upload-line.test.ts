import { describe, expect, it } from 'vitest';
import { startTestPipeline, type TestPipeline } from '../../support/test-pipeline.ts';
import { waitFor } from '../../support/wait-for.ts';

const HOUR = 3_600;
const DAY = 24 * HOUR;
const creates = ({ box }: TestPipeline) => box.requests.filter((it) => it === 'assets.create');
const numbered = (count: number) => Array.from({ length: count }, (_, at) => `${at}.webm`);

/** The keys of the videos whose assets were made, in that order. */
async function inOrder(test: TestPipeline, keys: readonly string[]): Promise<string[]> {
  const rows = await Promise.all(keys.map((key) => test.rowsOf(key)));
  return rows
    .toSorted((a, b) => (a.video?.registeredAt ?? '9').localeCompare(b.video?.registeredAt ?? '9'))
    .map(({ key }) => key);
}

describe('the upload rate', () => {
  it('of the day is kept, and the rest goes on as soon as it is free', async () => {
    const keys = numbered(6);
    await using test = await startTestPipeline({
      limits: { uploadsPerDay: 4 },
      environment: { UPLOADS_PER_DAY: '4' },
    });
    for (const key of keys) await test.drop(key);
    await test.letPass(300);
    expect(creates(test)).toHaveLength(4);
    const rows = await Promise.all(keys.map((key) => test.rowsOf(key)));
    const inLine = rows.filter(({ video }) => video?.state === 'waiting');
    expect(inLine).toHaveLength(2);
    expect(inLine[0]?.video).toMatchObject({ stage: 'schedule-upload', dueBy: 'clock' });

    await test.leap(DAY + 900);
    await test.letThemFinish(keys, 600);

    expect(creates(test)).toHaveLength(6);
    expect(test.box.ledger.assets()).toHaveLength(6);
  });

  it('is kept when two rounds run at once, and every turn is given once', async () => {
    const keys = numbered(12);
    await using test = await startTestPipeline({ environment: { UPLOADS_PER_MINUTE: '60' } });
    for (const key of keys) await test.drop(key);
    await test.pipeline.cloud.whenIdle();
    const round = { Records: [{ messageId: 'round', body: JSON.stringify({ round: 'due' }) }] };
    const rounds = [1, 2, 3].map(() => test.pipeline.cloud.invoke('RegisterAsset', round));
    for (const outcome of await Promise.all(rounds)) {
      expect(outcome).toMatchObject({ payload: { batchItemFailures: [] } });
    }
    const rows = await Promise.all(keys.map((key) => test.rowsOf(key)));
    const turns = rows
      .flatMap(({ video }) => (video?.slotAt ? [Date.parse(video.slotAt)] : []))
      .toSorted((a, b) => a - b);
    // The first has gone, and a moment is lost at most to each of those who came too late.
    expect(turns.length).toBeGreaterThanOrEqual(11);
    for (const [at, turn] of turns.entries()) expect(turn - (turns[0] ?? 0)).toBe(at * 1_067);

    await test.letThemFinish(keys, 300);

    expect(creates(test)).toHaveLength(12);
  });
});

describe('the line', () => {
  it('waits as one when the provider asks for it, and goes on in its order', async () => {
    const keys = numbered(8);
    await using test = await startTestPipeline({ environment: { UPLOADS_PER_MINUTE: '6' } });
    for (const key of keys) {
      await test.drop(key);
      await test.letPass(1);
    }
    const refusal = { kind: 'answer', status: 429, headers: { 'retry-after': '1800' } } as const;
    test.box.faults.set({ ...refusal, operation: 'assets.create', times: 1 });
    await test.letPass(60);
    const until = creates(test).length;
    await test.letPass(0.4 * HOUR);
    expect(creates(test)).toHaveLength(until);

    await test.letThemFinish(keys, HOUR);

    expect(creates(test)).toHaveLength(9);
    expect(await inOrder(test, keys)).toEqual(keys);
  });

  it('tells apart a provider that keeps on refusing, and asks it more and more rarely', async () => {
    const keys = numbered(15);
    await using test = await startTestPipeline();
    const refusal = { kind: 'answer', status: 429, body: 'empty' } as const;
    test.box.faults.set({ ...refusal, operation: 'assets.create' });
    for (const key of keys) await test.drop(key);
    await test.letPass(HOUR);
    // At most a handful at the end of each pause, of 1, 2, 4, 8, 16 and 32 minutes.
    expect(creates(test).length).toBeLessThan(40);
    test.box.faults.clear();

    await test.letThemFinish(keys, 3 * HOUR);

    expect(test.box.ledger.assets()).toHaveLength(15);
  });

  it('gives another turn to whoever missed his own', async () => {
    await using test = await startTestPipeline();
    await test.drop('a.webm');
    await test.pipeline.cloud.whenIdle();
    // The message of the turn is there, and nobody was there to take it for half an hour.
    await test.leap(HOUR / 2);

    const [rows] = await test.letThemFinish(['a.webm'], 300);

    expect(rows?.analyses).toMatchObject([{ state: 'ready' }]);
    expect(rows?.video?.attempt).toBe(1);
    expect(creates(test)).toHaveLength(1);
  });

  it('goes on by the clock when the message of a round was lost', async () => {
    await using test = await startTestPipeline();
    await test.drop('a.webm');
    await test.letPass(0.5);
    expect((await test.rowsOf('a.webm')).video).toMatchObject({ state: 'waiting', dueBy: 'clock' });
    expect(await test.purgeQueues()).toBeGreaterThan(0);

    const [rows] = await test.letThemFinish(['a.webm'], 300);

    expect(rows?.analyses).toMatchObject([{ state: 'ready' }]);
  });
});

describe('a turn', () => {
  it('whose message is delivered twice at once makes one asset', async () => {
    await using test = await startTestPipeline();
    await test.drop('a.webm');
    await test.letPass(0.9);
    const round = { Records: [{ messageId: 'round', body: JSON.stringify({ round: 'due' }) }] };
    await test.pipeline.cloud.invoke('RegisterAsset', round);
    const { pk, sk, revision } = (await test.rowsOf('a.webm')).video ?? {};
    const turn = { messageId: 'turn', body: JSON.stringify({ pk, sk, revision }) };
    await Promise.all(
      [1, 2, 3].map(() => test.pipeline.cloud.invoke('RegisterAsset', { Records: [turn] })),
    );

    const [rows] = await test.letThemFinish(['a.webm'], 300);

    expect(rows?.analyses).toMatchObject([{ state: 'ready' }]);
    expect(creates(test)).toHaveLength(1);
  });

  it('whose function is killed after the provider took the file is not taken twice', async () => {
    await using test = await startTestPipeline();
    const held = { kind: 'slow', ms: HOUR * 1000, operation: 'assets.create' } as const;
    test.box.faults.set({ ...held, times: 1 });
    await test.drop('a.webm');
    const passing = test.letPass(30);
    await waitFor(() => test.box.ledger.assets().length === 1);
    expect(test.pipeline.cloud.kill('RegisterAsset')).toBeGreaterThan(0);
    await passing;
    expect((await test.rowsOf('a.webm')).video).toMatchObject({ state: 'registering', attempt: 1 });

    const [rows] = await test.letThemFinish(['a.webm'], HOUR);

    expect(rows?.analyses).toMatchObject([{ state: 'ready' }]);
    expect(rows?.video?.attempt).toBe(2);
    expect(creates(test)).toHaveLength(1);
    expect(test.box.ledger.assets()).toHaveLength(1);
  });

  it('with a key that the provider refuses waits in its place for another key', async () => {
    await using test = await startTestPipeline();
    const refused = { kind: 'answer', status: 401, code: 'api_key_invalid' } as const;
    test.box.faults.set({ ...refused, operation: 'assets.create', times: 3 });
    for (const key of numbered(5)) await test.drop(key);
    await test.letPass(150);
    expect((await test.rowsOf('4.webm')).video).toMatchObject({ state: 'waiting' });

    const rows = await test.letThemFinish(numbered(5), HOUR);

    for (const { video } of rows) expect(video?.attempt).toBe(1);
    expect(creates(test)).toHaveLength(8);
  });
});

describe('an asset that failed', () => {
  it('for a cause that passes is made anew, and the video gets its analysis', async () => {
    await using test = await startTestPipeline();
    test.box.faults.set({ kind: 'break-asset', message: 'Request has expired', times: 2 });
    await test.drop('a.webm');

    const [rows] = await test.letThemFinish(['a.webm'], 2 * HOUR);

    expect(rows?.analyses).toMatchObject([{ state: 'ready' }]);
    expect(rows?.video).toMatchObject({ failedAssets: 2 });
    expect(creates(test)).toHaveLength(3);
    expect(test.box.ledger.billedItems()).toHaveLength(1);
  });

  it('again and again ends the video in the provider’s words', async () => {
    await using test = await startTestPipeline();
    test.box.faults.set({ kind: 'break-asset', message: 'Request has expired' });
    await test.drop('a.webm');

    const [rows] = await test.letThemFinish(['a.webm'], 3 * HOUR);

    expect(rows?.video).toMatchObject({
      state: 'failed',
      reason: { code: 'asset_failed', message: 'Request has expired' },
    });
    expect(creates(test)).toHaveLength(3);
  });

  it('for the file’s own fault ends the video at once', async () => {
    await using test = await startTestPipeline();
    test.box.faults.set({ kind: 'break-asset' });
    await test.drop('a.webm');

    const [rows] = await test.letThemFinish(['a.webm'], 300);

    expect(rows?.video).toMatchObject({ state: 'rejected', reason: { code: 'asset_failed' } });
    expect(creates(test)).toHaveLength(1);
  });

  it('is waited for with growing patience, and not for ever', async () => {
    await using test = await startTestPipeline();
    test.box.faults.set({ kind: 'stall-asset' });
    await test.drop('a.webm');
    await test.letPass(HOUR);
    const looks = test.box.requests.filter((it) => it === 'assets.list').length;
    expect(looks).toBeLessThan(30);

    for (let hour = 0; hour < 24; hour++) await test.leap(HOUR);
    const [rows] = await test.letThemFinish(['a.webm'], HOUR);

    expect(rows?.video).toMatchObject({ state: 'failed', reason: { code: 'asset_not_ready' } });
  });
});
