import type { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, NotFound, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

/** What S3 says of one object. */
export interface ObjectFacts {
  readonly sizeBytes: number;
  /** Without quotes, as in S3's events. */
  readonly etag: string;
}

export type Objects = ReturnType<typeof createObjects>;

/** The objects of one bucket. */
export function createObjects(
  client: S3Client = new S3Client({
    // A presigned URL must hold no checksum mode, and a ranged read has none to check.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  }),
) {
  return {
    /** Size and ETag; undefined when there is no such object any more. */
    head: async (bucket: string, key: string): Promise<ObjectFacts | undefined> => {
      try {
        const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return { sizeBytes: found.ContentLength ?? 0, etag: unquote(found.ETag ?? '') };
      } catch (error) {
        if (error instanceof NotFound) return undefined;
        throw error;
      }
    },

    /** The first `byteCount` bytes of one version of an object. */
    readStart: async (bucket: string, key: string, etag: string, byteCount: number) => {
      const { Body: body } = await client.send(
        new GetObjectCommand({
          Bucket: bucket,
          Key: key,
          IfMatch: quote(etag),
          Range: `bytes=0-${byteCount - 1}`,
        }),
      );
      return (await body?.transformToByteArray()) ?? new Uint8Array();
    },

    /** One version of an object from beginning to end. */
    openStream: async (bucket: string, key: string, etag: string): Promise<Readable> => {
      const { Body: body } = await client.send(
        new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: quote(etag) }),
      );
      return body as Readable;
    },

    /** A URL from which anybody can fetch the object for `seconds`. */
    presign: async (bucket: string, key: string, seconds: number): Promise<string> =>
      await getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: key }), {
        expiresIn: seconds,
      }),

    /** Stores what `body` yields, in parts, in bounded memory; all of it or nothing. */
    store: async (bucket: string, key: string, body: Readable): Promise<void> => {
      const params = { Bucket: bucket, Key: key, Body: body };
      await new Upload({ client, params, queueSize: 2 }).done();
    },
  };
}

function unquote(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}

function quote(etag: string): string {
  return `"${etag}"`;
}
