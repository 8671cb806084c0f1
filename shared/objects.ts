import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  NotFound,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { PipelineError } from './errors.ts';
import type { Reason } from './video.ts';

/** What S3 says of one object. */
export interface ObjectFacts {
  readonly sizeBytes: number;
  /** Without quotes, as in S3's events. */
  readonly etag: string;
}

/** The bytes of one upload: what is under the key now may be another's. */
export interface ObjectRef {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  /** In a bucket that keeps versions. */
  readonly versionId?: string | undefined;
}

/** Thrown when what was uploaded is not to be had any more. */
export class ObjectLostError extends PipelineError {
  override readonly name = 'ObjectLostError';
  readonly code: 'object_gone' | 'object_replaced';
  readonly retryable = false;

  constructor(code: ObjectLostError['code'], options?: ErrorOptions) {
    super(lossReasons[code].message, options);
    this.code = code;
  }

  get reason(): Reason {
    return lossReasons[this.code];
  }
}

const lossReasons = {
  object_gone: { code: 'object_gone', message: 'the object was deleted before it was read' },
  object_replaced: {
    code: 'object_replaced',
    message: 'another upload of the key took its place',
  },
} as const;

/**
 * What is under a key, if it is what was uploaded.
 * @throws ObjectLostError
 */
export function sameObject(found: ObjectFacts | undefined, etag: string): ObjectFacts {
  if (!found) throw new ObjectLostError('object_gone');
  if (found.etag !== etag) throw new ObjectLostError('object_replaced');
  return found;
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
    /** Size and ETag of what is under the key now; undefined when nothing is. */
    head: async (bucket: string, key: string): Promise<ObjectFacts | undefined> => {
      try {
        const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return { sizeBytes: found.ContentLength ?? 0, etag: unquote(found.ETag ?? '') };
      } catch (error) {
        if (error instanceof NotFound) return undefined;
        throw error;
      }
    },

    /** The bytes `start` to `end` (not included), whole in memory. @throws ObjectLostError */
    readRange: async (object: ObjectRef, start: number, end: number): Promise<Uint8Array> => {
      const body = await get(object, start, end);
      return (await body?.transformToByteArray()) ?? new Uint8Array();
    },

    /** The same as a stream; without a range all of the object. @throws ObjectLostError */
    openStream: async (object: ObjectRef, start = 0, end?: number): Promise<Readable> =>
      (await get(object, start, end)) as Readable,

    /** A URL from which anybody can fetch the object for `seconds`. */
    presign: async ({ bucket, key, versionId }: ObjectRef, seconds: number): Promise<string> =>
      await getSignedUrl(
        client,
        new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }),
        { expiresIn: seconds },
      ),
  };

  async function get({ bucket, key, etag, versionId }: ObjectRef, start: number, end?: number) {
    const isWhole = start === 0 && end === undefined;
    try {
      const { Body: body } = await client.send(
        new GetObjectCommand({
          Bucket: bucket,
          Key: key,
          VersionId: versionId,
          IfMatch: `"${etag}"`,
          ...(!isWhole && { Range: `bytes=${start}-${end === undefined ? '' : end - 1}` }),
        }),
      );
      return body;
    } catch (cause) {
      const code = lossOf(cause);
      throw code ? new ObjectLostError(code, { cause }) : cause;
    }
  }
}

function lossOf(error: unknown): ObjectLostError['code'] | undefined {
  if (error instanceof NoSuchKey) return 'object_gone';
  if (!(error instanceof S3ServiceException)) return undefined;
  if (error.name === 'NoSuchVersion') return 'object_gone';
  // 416: shorter than what was uploaded.
  const isAnother = [412, 416].includes(error.$metadata.httpStatusCode ?? 0);
  return isAnother ? 'object_replaced' : undefined;
}

function unquote(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}
