import { createReadStream } from 'node:fs';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import pMap from 'p-map';
import type { LocalFile } from './find-files.ts';

/** Drops files into a bucket through the S3 API, as `aws s3 cp` would: large ones in parts. */
export async function dropFiles(
  client: S3Client,
  bucket: string,
  files: readonly LocalFile[],
): Promise<void> {
  await pMap(
    files,
    async ({ path, key }) => {
      const params = { Bucket: bucket, Key: key, Body: createReadStream(path) };
      await new Upload({ client, params }).done();
    },
    { concurrency: 4 },
  );
}
