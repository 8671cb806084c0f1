import { createHash } from 'node:crypto';
import * as z from 'zod';
import { stages, videoLifecycle } from './lifecycle.ts';

/** What every row of the state machine carries beside its own facts. */
export const rowFields = {
  pk: z.string(),
  sk: z.string(),
  /** Counts the moves of a row; each move is conditional on the revision it was decided on. */
  revision: z.int(),
  stateSince: z.iso.datetime(),
  /** The function that moves the row next, and when it is to look; both absent once final. */
  stage: z.enum(stages).optional(),
  dueAt: z.iso.datetime().optional(),
  /** What should wake it: a message that was sent for it, or the clock alone. */
  dueBy: z.enum(['message', 'clock']).optional(),
  /** Why the row is in its final state, or what last kept it waiting. */
  reason: z.object({ code: z.string(), message: z.string() }).optional(),
};

export type Reason = NonNullable<z.infer<typeof video>['reason']>;

/** Words of others kept on a row at most, so that they can't outgrow it. */
const MAX_WORDS = 1_000;

/** Of a URL that is quoted: that of a presigned one lets whoever reads it read the object. */
const QUERY = /(?<=https?:\/\/[^\s?"']+)\?[^\s"']+/g;

/** A reason in the provider's own words. */
export function providerReason(code: string, words: string): Reason {
  const short = (it: string) => it.replace(QUERY, '?…').slice(0, MAX_WORDS).toWellFormed();
  return { code: short(code), message: short(words) };
}

/** Assets begun for one upload, where they fail at the provider for causes that may pass. */
export const MAX_FAILED_ASSETS = 3;

/** A multipart upload at the provider, as it was created: the last chunk may be shorter. */
export const multipartUpload = z.object({
  uploadId: z.string(),
  chunkBytes: z.int().positive(),
  chunkCount: z.int().positive(),
  /** What the provider wants to be sent with each chunk. */
  headers: z.record(z.string(), z.string()).optional(),
});

export type MultipartUpload = z.infer<typeof multipartUpload>;

/** A reason that lies in our own surroundings: a missing right, a service that is away. */
export function reasonOfOurs(error: unknown): Reason {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return providerReason(name, message);
}

export const video = z.object({
  ...rowFields,
  kind: z.literal('video'),
  state: z.enum(Object.keys(videoLifecycle) as [keyof typeof videoLifecycle]),
  /** Hash of bucket, key and ETag: the same upload delivered twice is one video. */
  videoId: z.string(),
  bucket: z.string(),
  key: z.string(),
  etag: z.string(),
  /** Orders the uploads of one key (S3's own, hexadecimal, padded to 32 digits). */
  sequencer: z.string(),
  /** Of the last time that these bytes were dropped: what is older is not newer than they are. */
  newestSequencer: z.string(),
  /** S3's name of the object version, in a bucket that keeps versions. */
  versionId: z.string().optional(),
  sizeBytes: z.int(),
  uploadedAt: z.iso.datetime(),
  /** The moment reserved for its registration at the plan's upload rate. */
  slotAt: z.iso.datetime().optional(),
  /** How often the registration was begun. */
  attempt: z.int(),
  assetId: z.string().optional(),
  /** The multipart upload that is under way. */
  upload: multipartUpload.optional(),
  /** How many assets of it failed at the provider for a cause that may have passed. */
  failedAssets: z.int().optional(),
  registeredAt: z.iso.datetime().optional(),
  durationSeconds: z.number().optional(),
  widthPixels: z.int().optional(),
  heightPixels: z.int().optional(),
});

export type Video = z.infer<typeof video>;

/** One object as an S3 event names it. */
export interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  readonly sequencer: string;
  readonly versionId?: string;
  readonly sizeBytes: number;
  readonly uploadedAt: string;
}

/** The id of one object version: the same bytes under the same key have the same id. */
export function videoIdOf(upload: Pick<Upload, 'bucket' | 'key' | 'etag'>): string {
  return shortHash(upload.bucket, upload.key, upload.etag);
}

/** 132 bits of SHA-256 over `parts` as 22 characters of [A-Za-z0-9_-], which `custom_id` allows. */
export function shortHash(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}
