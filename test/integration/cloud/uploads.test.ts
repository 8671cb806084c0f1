import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { S3EventRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { arnOf, lambda, letS3Send, mapping, queuePair, ref, role, table } from './assembly.ts';
import { START, startTestCloud, type TestCloud } from './test-cloud.ts';

const MEBIBYTE = 1024 ** 2;
const notification = (event: string, rules: object[] = []) => ({
  Event: event,
  Queue: arnOf('Uploads'),
  Filter: { S3Key: { Rules: rules } },
});

let running: TestCloud;
let bucket: string;

beforeAll(async () => {
  running = await startTestCloud({
    handlers: { recordUploads: { file: 'record-uploads.ts' } },
    resources: {
      Role: role,
      ...queuePair('Uploads'),
      UploadsPolicy: letS3Send('Uploads'),
      Bucket: {
        Type: 'AWS::S3::Bucket',
        Properties: {
          NotificationConfiguration: {
            QueueConfigurations: [
              notification('s3:ObjectCreated:*', [
                { Name: 'prefix', Value: 'videos/' },
                { Name: 'suffix', Value: '.mp4' },
              ]),
              notification('s3:ObjectRemoved:*'),
            ],
          },
        },
      },
      Table: table,
      Record: lambda('recordUploads', { Environment: { Variables: { TABLE_NAME: ref('Table') } } }),
      Mapping: mapping('Uploads', 'Record'),
    },
    outputs: {
      BucketName: { Value: ref('Bucket') },
      TableName: { Value: ref('Table') },
      DeadLettersUrl: { Value: ref('UploadsDeadLetters') },
    },
  });
  bucket = running.cloud.outputs['BucketName'] ?? '';
});
afterAll(() => running[Symbol.asyncDispose]());
beforeEach(() => running.cloud.whenIdle());

async function rows() {
  await running.cloud.whenIdle();
  const items = await running.items(running.cloud.outputs['TableName'] ?? '');
  return items as {
    pk: string;
    key: string;
    bytesRead: number;
    times: number;
    record: S3EventRecord;
  }[];
}

it('takes an object from S3 through queue and function into the table', async () => {
  const key = 'videos/a b+c%20 100% ünïcode 🎬 (1)!.mp4';
  const put = await running.s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'hello' }),
  );

  const row = (await rows()).find((candidate) => candidate.key === key);

  expect(row?.bytesRead, running.logText()).toBe(5);
  expect(row?.record).toMatchObject({
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'us-east-1',
    eventName: 'ObjectCreated:Put',
    eventTime: START.toISOString(),
    s3: {
      bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
      object: {
        key: 'videos/a+b%2Bc%2520+100%25+%C3%BCn%C3%AFcode+%F0%9F%8E%AC+%281%29%21.mp4',
        size: 5,
        eTag: put.ETag?.replaceAll('"', ''),
        sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
      },
    },
  });
});

it('tells of each write once', async () => {
  for (const name of ['once', 'and', 'for all']) {
    const object = { Bucket: bucket, Key: `videos/${name}.mp4`, Body: name };
    await running.s3.send(new PutObjectCommand(object));
  }
  for (const { pk, times } of await rows()) expect(times, pk).toBe(1);
});

it('tells of multipart uploads, copies, forms and deletions', async () => {
  const parts = new Upload({
    client: running.s3,
    params: { Bucket: bucket, Key: 'videos/parts.mp4', Body: Buffer.alloc(12 * MEBIBYTE, 1) },
  });
  await parts.done();
  await running.s3.send(
    new CopyObjectCommand({
      Bucket: bucket,
      Key: 'videos/copy.mp4',
      CopySource: `${bucket}/videos/parts.mp4`,
    }),
  );
  const form = new FormData();
  form.set('key', `videos/\${filename}`);
  form.set('file', new Blob(['form']), 'förm.mp4');
  const posted = await fetch(`${running.cloud.endpoints.s3}/${bucket}`, {
    method: 'POST',
    body: form,
  });
  await rows();
  await running.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'videos/copy.mp4' }));
  await running.s3.send(
    new DeleteObjectsCommand({
      Bucket: bucket,
      Delete: { Objects: [{ Key: 'videos/parts.mp4' }, { Key: 'videos/never-was.mp4' }] },
    }),
  );

  const all = await rows();

  expect(posted.status).toBe(204);
  expect(all.map(({ pk, bytesRead }) => [pk, bytesRead])).toEqual(
    expect.arrayContaining([
      ['ObjectCreated:CompleteMultipartUpload videos/parts.mp4', 12 * MEBIBYTE],
      ['ObjectCreated:Copy videos/copy.mp4', 12 * MEBIBYTE],
      ['ObjectCreated:Post videos/förm.mp4', 4],
      ['ObjectRemoved:Delete videos/copy.mp4', 0],
      ['ObjectRemoved:Delete videos/parts.mp4', 0],
    ]),
  );
  expect(all.map(({ key }) => key)).not.toContain('videos/never-was.mp4');
});

it('tells only of keys that the filter lets through', async () => {
  for (const key of ['videos/clip.txt', 'other/clip.mp4', 'videos/clip.mp4']) {
    await running.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: key }));
  }

  const keys = (await rows()).map(({ key }) => key);

  expect(keys).toContain('videos/clip.mp4');
  expect(keys).not.toContain('videos/clip.txt');
  expect(keys).not.toContain('other/clip.mp4');
});

it('numbers the writes of a key upwards while the clock stands still', async () => {
  const sequencers: string[] = [];
  for (const body of ['one', 'two', 'three']) {
    await running.s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: 'videos/again.mp4', Body: body }),
    );
    const row = (await rows()).find(({ key }) => key === 'videos/again.mp4');
    sequencers.push(row?.record.s3.object.sequencer ?? '');
  }

  expect(sequencers).toEqual([...new Set(sequencers)].sort());
});

it('leaves nothing in the dead-letter queue, S3 test event included', async () => {
  const deadLetters = running.cloud.outputs['DeadLettersUrl'] ?? '';

  expect(await running.visibleMessages(deadLetters)).toBe(0);
});
