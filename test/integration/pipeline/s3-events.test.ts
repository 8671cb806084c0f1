import { readFile } from 'node:fs/promises';
import { CopyObjectCommand, DeleteObjectCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { describe, expect, it } from 'vitest';
import { acceptUploads } from '../../../functions/accept-upload/accept-upload.ts';
import { createStore } from '../../../shared/store/store.ts';
import { createTable } from '../../../shared/store/table.ts';
import { documentedLimits } from '../../../shared/twelvelabs/limits.ts';
import { videoIdOf } from '../../../shared/video.ts';
import { createWaitingRoom } from '../../../shared/waiting-room.ts';
import { fakeLog, fakeQueue } from '../../support/fakes.ts';
import { aProfile } from '../../support/rows.ts';
import { deliver, s3Record } from '../../support/s3-records.ts';
import { CLIP, startTestPipeline, type TestPipeline } from '../../support/test-pipeline.ts';

const GOALS = new URL('../../../samples/football/goals.mp4', import.meta.url);
const DAY = 24 * 3_600;
const creates = ({ box }: TestPipeline) => box.requests.filter((it) => it === 'assets.create');

describe('an object', () => {
  it('is taken in however it was created', async () => {
    await using test = await startTestPipeline();
    const { s3, uploadsBucket: bucket } = test.pipeline;
    const body = await readFile(CLIP);
    await test.drop('put.webm');
    await new Upload({
      client: s3,
      // Two parts: the first of the least size that S3 allows.
      partSize: 5 * 1024 ** 2,
      params: { Bucket: bucket, Key: 'parts.webm', Body: Buffer.concat([body, Buffer.alloc(6e6)]) },
    }).done();
    const copy = { Bucket: bucket, CopySource: `${bucket}/put.webm`, Key: 'copy.webm' };
    await s3.send(new CopyObjectCommand(copy));

    const rows = await test.letThemFinish(['put.webm', 'parts.webm', 'copy.webm'], 300);

    for (const { key, analyses } of rows) expect(analyses, key).toMatchObject([{ state: 'ready' }]);
  });

  it('is taken in by its bytes, whatever the case of its suffix, or without one', async () => {
    await using test = await startTestPipeline();
    const keys = ['a.WEBM', 'b.Mp4', 'no suffix', 'c.txt'];
    for (const key of keys) await test.drop(key);

    for (const { key, analyses } of await test.letThemFinish(keys, 300)) {
      expect(analyses, key).toMatchObject([{ state: 'ready' }]);
    }
  });

  it('that stands for a folder is none', async () => {
    await using test = await startTestPipeline();
    await test.drop('season 1/', '');
    await test.drop('season 2/', CLIP);

    const [rows] = await test.letThemFinish(['season 2/'], 300);

    expect(rows?.analyses).toMatchObject([{ state: 'ready' }]);
    expect((await test.rowsOf('season 1/')).video).toBeUndefined();
  });

  it('that its own header says is over a limit is refused before anything is uploaded', async () => {
    const limits = { ...documentedLimits, maxDurationSeconds: 15 };
    await using test = await startTestPipeline({
      environment: { VIDEO_LIMITS: JSON.stringify(limits) },
    });
    await test.drop('goals.mp4', GOALS);

    const [rows] = await test.letThemFinish(['goals.mp4'], 60);

    const message = 'duration 20 s is over the limit of 15 s';
    expect(rows?.video).toMatchObject({
      state: 'rejected',
      reason: { code: 'over_limit', message },
      durationSeconds: 20,
      widthPixels: 640,
    });
    expect(test.box.requests).toEqual([]);
  });

  it('that was deleted while it stood in line is rejected, and the provider is not asked', async () => {
    await using test = await startTestPipeline({ environment: { UPLOADS_PER_DAY: '1' } });
    await test.drop('first.webm');
    await test.letPass(5);
    await test.drop('second.webm');
    await test.letPass(120);
    expect((await test.rowsOf('second.webm')).video).toMatchObject({ state: 'waiting' });
    const object = { Bucket: test.pipeline.uploadsBucket, Key: 'second.webm' };
    await test.pipeline.s3.send(new DeleteObjectCommand(object));

    await test.leap(DAY + 1_000);
    const [rows] = await test.letThemFinish(['second.webm'], 300);

    expect(rows?.video).toMatchObject({ state: 'rejected', reason: { code: 'object_gone' } });
    expect(creates(test)).toHaveLength(1);
  });

  it('that was replaced while it stood in line goes as what it is now', async () => {
    await using test = await startTestPipeline({ environment: { UPLOADS_PER_DAY: '1' } });
    await test.drop('first.webm');
    await test.letPass(5);
    await test.drop('second.mp4', CLIP);
    await test.letPass(120);
    await test.drop('second.mp4', GOALS);

    await test.leap(DAY + 1_000);
    const [rows] = await test.letThemFinish(['second.mp4'], 600);

    expect(rows?.video).toMatchObject({ state: 'admitted', durationSeconds: 20 });
    expect(creates(test)).toHaveLength(2);
  });
});

describe('an event', () => {
  it('with several records enters each of them', async () => {
    await using test = await startTestPipeline();
    const { uploadsBucket: bucket } = test.pipeline;
    const records = ['a', 'b', 'c'].map((key) =>
      s3Record({ bucket, key, etag: 'e', sequencer: '1' }),
    );

    expect(await deliver(test.pipeline, { Records: records })).toEqual([]);

    for (const key of ['a', 'b', 'c']) {
      const { video } = await test.rowsOf(key);
      expect(video, key).toMatchObject({ state: 'rejected', reason: { code: 'object_gone' } });
    }
  });

  it('that S3 sends as a test is no upload, and one about anything else is none', async () => {
    await using test = await startTestPipeline();
    const gone = { ...s3Record({ key: 'a' }), eventName: 'ObjectRemoved:Delete' };
    const messages = [{ Event: 's3:TestEvent', Bucket: 'b' }, { Records: [gone] }];
    expect(await deliver(test.pipeline, ...messages)).toEqual([]);
    expect((await test.rowsOf('a')).video).toBeUndefined();
  });

  it('that nobody can read fails alone, and takes no other with it', async () => {
    await using test = await startTestPipeline();
    const record = s3Record({ bucket: test.pipeline.uploadsBucket, key: 'a', sequencer: '1' });
    const failed = await deliver(test.pipeline, { Records: [{}] }, { Records: [record] });
    expect(failed).toEqual(['message-0']);
    expect((await test.rowsOf('a')).video).toMatchObject({ state: 'rejected' });
  });

  it('that comes late, or out of order, never displaces the newest upload', async () => {
    await using test = await startTestPipeline();
    await test.drop('a.mp4', GOALS);
    await test.letPass(1);
    const older = (await test.rowsOf('a.mp4')).video;
    await test.drop('a.mp4', CLIP);
    const [rows] = await test.letThemFinish(['a.mp4'], 600);
    const newest = rows?.video;
    expect(newest?.etag).not.toBe(older?.etag);

    const between = { ...newest, etag: 'of bytes that are gone', sequencer: 'F'.repeat(32) };
    for (const late of [older ?? {}, between, newest ?? {}]) {
      expect(await deliver(test.pipeline, { Records: [s3Record(late)] })).toEqual([]);
    }
    await test.letPass(600);

    expect((await test.rowsOf('a.mp4')).video).toEqual(newest);
  });

  it('of the same bytes dropped anew makes one video, even while it is being judged', async () => {
    await using test = await startTestPipeline();
    for (let time = 0; time < 5; time++) await test.drop('a.webm');

    const [rows] = await test.letThemFinish(['a.webm'], 100);

    expect(rows?.analyses).toMatchObject([{ state: 'ready' }]);
    expect(test.box.ledger.assets()).toHaveLength(1);
    expect(test.box.ledger.billedItems()).toHaveLength(1);
  });
});

describe('accept-upload', () => {
  it('that died after the claim, or can not read from S3, goes on when the row is due', async () => {
    await using test = await startTestPipeline();
    const { tableName, table: client, uploadsBucket: bucket } = test.pipeline;
    const log = fakeLog();
    const now = () => test.clock.now();
    const store = createStore(createTable(tableName, client), now, log);
    const room = createWaitingRoom({ store, queues: {}, now, log });
    const body = await readFile(CLIP);
    const deps = {
      store,
      waitingRoom: room,
      objects: {
        head: () => Promise.reject(denied),
        readRange: () => Promise.reject(denied),
      },
      scheduledUploads: fakeQueue<{ round: 'due' }>(),
      profiles: [aProfile()],
      limits: documentedLimits,
      now,
      log,
    };
    const upload = { bucket, key: 'a.webm', etag: 'e', sequencer: '1', sizeBytes: body.length };
    const delivery = { messageId: 'm', message: { Records: [s3Record(upload)] } };
    const once = { decoded: [delivery], malformed: [] };

    const dies = { ...deps, waitingRoom: { move: () => Promise.reject(new Error('killed')) } };
    expect(await acceptUploads(once, dies)).toEqual(['m']);
    expect((await test.rowsOf('a.webm')).video).toMatchObject({ state: 'received' });
    // Delivered again it is known, and left to the clock.
    expect(await acceptUploads(once, deps)).toEqual([]);
    expect((await test.rowsOf('a.webm')).video).toMatchObject({ state: 'received', revision: 0 });

    const { pk, sk, revision } = (await test.rowsOf('a.webm')).video ?? {};
    const due = {
      messageId: 'due',
      message: { pk: pk ?? '', sk: sk ?? '', revision: revision ?? 0 },
    };
    expect(await acceptUploads({ decoded: [due], malformed: [] }, deps)).toEqual([]);
    expect((await test.rowsOf('a.webm')).video).toMatchObject({
      state: 'received',
      reason: { code: 'AccessDenied', message: 'no right to s3:GetObject' },
    });

    // The right is there now; the row comes due by itself. What it names was never there.
    const [rows] = await test.letThemFinish(['a.webm'], 600);
    expect(rows?.video).toMatchObject({ state: 'rejected', videoId: videoIdOf(upload) });
  });
});

const denied = Object.assign(new Error('no right to s3:GetObject'), { name: 'AccessDenied' });
