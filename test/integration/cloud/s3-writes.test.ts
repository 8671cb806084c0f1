import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectTaggingCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { Bucket, shareS3Cloud } from './s3-cloud.ts';

const { running, put, read } = shareS3Cloud();

async function startUpload(Key: string, body = 'part') {
  const upload = { Bucket, Key };
  const { UploadId } = await running().s3.send(new CreateMultipartUploadCommand(upload));
  const part = { ...upload, UploadId, PartNumber: 1, Body: body };
  const { ETag } = await running().s3.send(new UploadPartCommand(part));
  return { ...upload, UploadId, MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] } };
}

it('refuses what it has not got, and leaves the object as it is', async () => {
  await put('kept', 'precious');
  const Tagging = { TagSet: [{ Key: 'a', Value: 'b' }] };
  const object = { Bucket, Key: 'kept' };

  const attempts = [
    () => running().s3.send(new PutObjectTaggingCommand({ ...object, Tagging })),
    () => running().s3.send(new GetObjectTaggingCommand(object)),
    () => running().s3.send(new PutObjectAclCommand({ ...object, ACL: 'public-read' })),
    () => running().s3.send(new GetObjectCommand({ ...object, VersionId: 'v1' })),
    () => running().s3.send(new GetBucketVersioningCommand({ Bucket })),
    () =>
      running().s3.send(
        new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
      ),
    () =>
      running().s3.send(
        new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: {} }),
      ),
    () => put('kept', 'overwritten', { Tagging: 'a=b' }),
    () => put('kept', 'overwritten', { ACL: 'public-read' }),
  ];

  for (const attempt of attempts) {
    await expect(attempt()).rejects.toMatchObject({
      name: 'NotImplemented',
      $metadata: { httpStatusCode: 501 },
    });
  }
  expect((await read('kept')).toString()).toBe('precious');
});

it('takes a write with If-None-Match only where there is nothing', async () => {
  const writes = ['one', 'two', 'three', 'four'].map((body) =>
    put('first-wins', body, { IfNoneMatch: '*' }).then(
      () => body,
      (error: { name: string; $metadata: { httpStatusCode: number } }) =>
        `${error.$metadata.httpStatusCode} ${error.name}`,
    ),
  );

  const outcomes = await Promise.all(writes);

  expect(outcomes.filter((outcome) => outcome === '412 PreconditionFailed')).toHaveLength(3);
  expect(outcomes).toContain((await read('first-wins')).toString());
});

it('takes the end of a multipart upload with If-None-Match only where there is nothing', async () => {
  const [one, two] = [await startUpload('parts', 'one'), await startUpload('parts', 'two')];

  await running().s3.send(new CompleteMultipartUploadCommand({ ...one, IfNoneMatch: '*' }));

  await expect(
    running().s3.send(new CompleteMultipartUploadCommand({ ...two, IfNoneMatch: '*' })),
  ).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
  expect((await read('parts')).toString()).toBe('one');
  await running().s3.send(new AbortMultipartUploadCommand(two));
});

it('takes a write with If-Match only over what it names', async () => {
  const { ETag } = await put('chain', 'one');
  await put('chain', 'two', { IfMatch: ETag });

  await expect(put('chain', 'three', { IfMatch: ETag })).rejects.toMatchObject({
    $metadata: { httpStatusCode: 412 },
  });
  await expect(put('no-chain', 'three', { IfMatch: ETag })).rejects.toMatchObject({
    $metadata: { httpStatusCode: 404 },
  });
  expect((await read('chain')).toString()).toBe('two');
});
