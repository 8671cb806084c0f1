import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { Bucket, shareS3Cloud } from './s3-cloud.ts';

const { running, put, read } = shareS3Cloud();

it('lists every key once over several pages, whatever its letters', async () => {
  await running().s3.send(new CreateBucketCommand({ Bucket: 'listed' }));
  const letters = ['a', 'B', 'é', 'Z', '_', '中', 'z', '0', 'ß', 'E'];
  const keys = letters.flatMap((letter) => letters.map((other) => `${letter}${other}`));
  for (const key of keys) {
    await running().s3.send(new PutObjectCommand({ Bucket: 'listed', Key: key, Body: key }));
  }

  const listed: string[] = [];
  let token: string | undefined;
  do {
    const page = await running().s3.send(
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
  await running().s3.send(new DeleteObjectCommand({ Bucket, Key: 'a b' }));
  expect((await read('a+b')).toString()).toBe('body of a+b');
});
