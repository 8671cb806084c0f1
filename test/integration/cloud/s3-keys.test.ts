import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestCloud, type TestCloud } from './test-cloud.ts';

const Bucket = 'the-bucket';
let running: TestCloud;

beforeAll(async () => {
  running = await startTestCloud({
    resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: Bucket } } },
  });
});
afterAll(() => running[Symbol.asyncDispose]());

const put = (Key: string, Body: string | Buffer, more: Partial<PutObjectCommandInput> = {}) =>
  running.s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));

async function read(Key: string): Promise<Buffer> {
  const { Body } = await running.s3.send(new GetObjectCommand({ Bucket, Key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

it('lists every key once over several pages, whatever its letters', async () => {
  await running.s3.send(new CreateBucketCommand({ Bucket: 'listed' }));
  const letters = ['a', 'B', 'é', 'Z', '_', '中', 'z', '0', 'ß', 'E'];
  const keys = letters.flatMap((letter) => letters.map((other) => `${letter}${other}`));
  for (const key of keys) {
    await running.s3.send(new PutObjectCommand({ Bucket: 'listed', Key: key, Body: key }));
  }

  const listed: string[] = [];
  let token: string | undefined;
  do {
    const page = await running.s3.send(
      new ListObjectsV2Command({ Bucket: 'listed', MaxKeys: 7, ContinuationToken: token }),
    );
    listed.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
    token = page.NextContinuationToken;
  } while (token);

  expect(listed).toEqual([...keys].sort());
});

it('keeps keys apart that look alike', async () => {
  const keys = [
    'a b',
    'a+b',
    'a%20b',
    'a/b',
    'a//b',
    'a/b/',
    '/a',
    'ü🎬',
    `${'k'.repeat(1000)}.mp4`,
  ];
  for (const key of keys) await put(key, `body of ${key}`);

  for (const key of keys) expect((await read(key)).toString()).toBe(`body of ${key}`);
  await running.s3.send(new DeleteObjectCommand({ Bucket, Key: 'a b' }));
  expect((await read('a+b')).toString()).toBe('body of a+b');
});
