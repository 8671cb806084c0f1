import type { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';

/** The bucket of raw results, as those who write it see it. */
export interface Archive {
  /** Stores what `body` yields, in parts, in bounded memory; all of it or nothing. */
  store(key: string, body: Readable): Promise<void>;
}

const client = new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' });

export function createArchive(bucketName: string): Archive {
  return {
    store: async (key, body) => {
      const params = { Bucket: bucketName, Key: key, Body: body };
      await new Upload({ client, params, queueSize: 2 }).done();
    },
  };
}
