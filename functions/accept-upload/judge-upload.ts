import {
  type ObjectFacts,
  ObjectLostError,
  type Objects,
  sameObject,
} from '../../shared/objects.ts';
import type { Profile } from '../../shared/profile.ts';
import type { Reason, Video } from '../../shared/video.ts';
import { brokenLimit, type VideoFacts, type VideoLimits } from '../../shared/video-limits.ts';
import { judgeBytes, judgeObject, SAMPLE_BYTES } from './judge-object.ts';
import { readHeader } from './read-header.ts';

export interface JudgeUploadDeps {
  readonly objects: Pick<Objects, 'readRange'>;
  readonly profiles: readonly Profile[];
  readonly limits: VideoLimits;
}

export interface UploadVerdict {
  readonly refusal: Reason | undefined;
  /** What its header says: known before anything is uploaded, and often enough to refuse it. */
  readonly facts: VideoFacts;
}

/**
 * Judges an upload by what S3 said of it and a few ranged reads, the cheapest first.
 * @param found what was under its key, or why S3 could not be asked
 * @throws when S3 can't be asked
 */
export async function judgeUpload(
  video: Video,
  found: Promise<ObjectFacts | undefined>,
  { objects, profiles, limits }: JudgeUploadDeps,
): Promise<UploadVerdict> {
  try {
    const object = sameObject(await found, video.etag);
    const refusal = judgeObject(video, object, profiles, limits.maxBytes);
    if (refusal) return { refusal, facts: {} };
    const { sizeBytes } = object;
    const start = await objects.readRange(video, 0, Math.min(SAMPLE_BYTES, sizeBytes));
    const notVideo = await judgeBytes(start);
    if (notVideo) return { refusal: notVideo, facts: {} };
    const facts = await readHeader(sizeBytes, (from, to) => objects.readRange(video, from, to));
    const message = brokenLimit(facts, limits);
    return { refusal: message ? { code: 'over_limit', message } : undefined, facts };
  } catch (error) {
    if (error instanceof ObjectLostError) return { refusal: error.reason, facts: {} };
    throw error;
  }
}
