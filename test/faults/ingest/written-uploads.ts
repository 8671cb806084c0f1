import { createHash } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { type Upload, videoIdOf } from '../../../shared/video.ts';
import type { IngestPipeline } from './ingest-pipeline.ts';
import { bytesOf, type PlannedUpload } from './upload-plan.ts';

/** What a key holds now. */
export interface WrittenUpload extends Pick<Upload, 'key' | 'etag' | 'sizeBytes'> {
  /** The id that its video has to have. */
  readonly videoId: string;
  readonly content: PlannedUpload['content'];
}

/** What was written to the bucket, and what of it is the newest. */
export class WrittenUploads {
  readonly #clip: Uint8Array;
  readonly #copies = new Map<string, readonly number[]>();
  readonly #newest = new Map<string, WrittenUpload>();

  constructor(clip: Uint8Array) {
    this.#clip = clip;
  }

  /** The newest upload of every key. */
  get newest(): readonly WrittenUpload[] {
    return [...this.#newest.values()];
  }

  /** How many keys hold a video. */
  get videoCount(): number {
    return this.newest.filter(({ content }) => content === 'video').length;
  }

  /** When the event of an upload is delivered again. */
  copiesAfterSeconds(key: string, etag: string): readonly number[] {
    return this.#copies.get(`${key} ${etag}`) ?? [];
  }

  async write({ pipeline }: IngestPipeline, planned: PlannedUpload): Promise<void> {
    const { key, content, copiesAfterSeconds } = planned;
    const { s3, uploadsBucket: bucket } = pipeline;
    const body = bytesOf(planned, this.#clip);
    const etag = createHash('md5').update(body).digest('hex');
    // Its event may be there before the answer is.
    this.#copies.set(`${key} ${etag}`, copiesAfterSeconds);
    const videoId = videoIdOf({ bucket, key, etag });
    this.#newest.set(key, { key, etag, sizeBytes: body.byteLength, videoId, content });
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  }
}
