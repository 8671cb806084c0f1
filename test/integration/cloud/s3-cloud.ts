import { GetObjectCommand, PutObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import { shareCloud } from './shared-cloud.ts';

/** The name of the one bucket, as the SDK's commands take it. */
export const Bucket = 'the-bucket';

/** One cloud for the calling file, with a bucket, and the short ways to write and read in it. */
export function shareS3Cloud() {
  const running = shareCloud({
    resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: Bucket } } },
  });
  const put = (Key: string, Body: string | Buffer, more: Partial<PutObjectCommandInput> = {}) =>
    running().s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  async function read(Key: string): Promise<Buffer> {
    const { Body } = await running().s3.send(new GetObjectCommand({ Bucket, Key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }
  return { running, put, read };
}
