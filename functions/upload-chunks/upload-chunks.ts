import { about, subjectOf } from '../../shared/about.ts';
import type { Deliveries } from '../../shared/deliveries.ts';
import { messageOf } from '../../shared/errors.ts';
import type { RowDue } from '../../shared/messages.ts';
import { ObjectLostError, type Objects } from '../../shared/objects.ts';
import type { Log } from '../../shared/observability.ts';
import type { Store } from '../../shared/store/store.ts';
import type { MultipartUploadStatus, TwelveLabs } from '../../shared/twelvelabs/client.ts';
import { isProviderError, ProviderRefusedError, reasonOf } from '../../shared/twelvelabs/errors.ts';
import {
  MAX_FAILED_ASSETS,
  type MultipartUpload,
  type Reason,
  reasonOfOurs,
  type Video,
} from '../../shared/video.ts';
import {
  isHandedOver,
  longerEachTime,
  type Step,
  secondsSince,
  type WaitingRoom,
} from '../../shared/waiting-room.ts';
import { type SendChunksDeps, sendChunks } from './send-chunks.ts';

export interface UploadChunksDeps {
  readonly provider: SendChunksDeps['provider'] & Pick<TwelveLabs, 'readMultipartUpload'>;
  readonly store: Pick<Store, 'read'>;
  readonly waitingRoom: WaitingRoom;
  readonly objects: Pick<Objects, 'openStream'>;
  /** What is left of the time that the function may take. */
  readonly remainingMs: () => number;
  readonly now: () => Date;
  readonly log: Log;
}

/** Longer than the function may run: when it is over, whoever held the row is gone. */
const LEASE_SECONDS = 960;
/** The time that a group of chunks under way is given to end well. */
const GROUP_MS = 120_000;
const FIRST_LOOK_SECONDS = 2;
/** Upload content, multipart: an upload that is not completed within a day expires. */
const SESSION_SECONDS = 24 * 3_600;

/**
 * Streams the bytes of large videos from S3 to the provider, chunk by chunk. Which chunks are
 * missing, the provider says: so it goes on from there after a death, a time-out or a lost reply.
 * @returns the ids of the messages to deliver again
 */
export async function uploadChunks(
  { decoded, malformed }: Deliveries<RowDue>,
  deps: UploadChunksDeps,
): Promise<string[]> {
  const failed: string[] = [];
  for (const { messageId, message } of decoded) {
    await about({ messageId, ...subjectOf(message) }, async () => {
      try {
        await goOn(message, deps);
      } catch (error) {
        deps.log.error('upload_failed', { error: messageOf(error) });
        failed.push(messageId);
      }
    });
  }
  return [...malformed, ...failed];
}

async function goOn(message: RowDue, deps: UploadChunksDeps): Promise<void> {
  const row = await deps.store.read(message);
  if (row?.kind !== 'video' || !isHandedOver(row, 'upload-chunks', message, deps.now())) {
    deps.log.info('message_ignored', { ...message });
    return;
  }
  const held = await deps.waitingRoom.move(row, {
    to: 'uploading',
    inSeconds: LEASE_SECONDS,
    by: 'clock',
  });
  if (!held) return;
  await about(subjectOf(held), async () => {
    await deps.waitingRoom.move(held, await nextStep(held, deps));
  });
}

async function nextStep(video: Video, deps: UploadChunksDeps): Promise<Step<Video>> {
  const { upload } = video;
  if (!upload) {
    return beginAnew(video, { code: 'upload_unknown', message: 'the row names no upload' });
  }
  try {
    return await upToTheEnd(video, upload, deps);
  } catch (error) {
    if (error instanceof ObjectLostError) {
      return { to: 'rejected', set: { reason: error.reason, upload: undefined } };
    }
    deps.log.warn('upload_interrupted', { error: messageOf(error) });
    const isRefused = error instanceof ProviderRefusedError;
    // It knows the upload no longer, or does not want it: another one may fare better.
    if (isRefused && (error.status === 404 || !error.retryable)) {
      return beginAnew(video, reasonOf(error));
    }
    const waited = secondsSince(video.stateSince, deps.now());
    const wished = isRefused ? error.retryAfterSeconds : undefined;
    const inSeconds = wished ?? longerEachTime(waited, { least: 30, most: 900 });
    const reason = isProviderError(error) ? reasonOf(error) : reasonOfOurs(error);
    return { to: 'uploading', inSeconds, set: { reason } };
  }
}

/** Sends what is missing, as far as time allows. */
async function upToTheEnd(
  video: Video,
  upload: MultipartUpload,
  deps: UploadChunksDeps,
): Promise<Step<Video>> {
  const before = await deps.provider.readMultipartUpload(upload.uploadId);
  if (before.status === 'completed') return arrived();
  const age = secondsSince(video.registeredAt ?? video.stateSince, deps.now());
  if (['failed', 'expired'].includes(before.status) || age > SESSION_SECONDS) {
    const message = `the multipart upload is ${before.status} after ${Math.round(age / 60)} min`;
    const reason = { code: 'upload_over', message };
    // Of a day in which nobody came to send anything, the video has no fault.
    const isUntried = before.status !== 'failed' && before.done.size === 0 && !video.reason;
    return beginAnew(video, reason, isUntried ? 0 : 1);
  }
  // A state that is not in the documents: it may be joining the chunks.
  if (before.status !== 'active') return { to: 'uploading', inSeconds: 60 };
  const chunked = { object: video, sizeBytes: video.sizeBytes, upload };
  const isOutOfTime = () => deps.remainingMs() < GROUP_MS;
  const missing = missingChunks(upload, before);
  if (!(await sendChunks(chunked, missing, { ...deps, isOutOfTime }))) {
    return { to: 'uploading', inSeconds: 0 };
  }
  const after = await deps.provider.readMultipartUpload(upload.uploadId);
  if (after.status === 'completed') return arrived();
  const left = missingChunks(upload, after).length;
  const message = `${left} of ${upload.chunkCount} chunks are not confirmed; status ${after.status}`;
  return { to: 'uploading', inSeconds: 60, set: { reason: { code: 'upload_open', message } } };
}

function missingChunks({ chunkCount }: MultipartUpload, { done }: MultipartUploadStatus) {
  const all = Array.from({ length: chunkCount }, (_, at) => at + 1);
  return all.filter((index) => !done.has(index));
}

function arrived(): Step<Video> {
  return {
    to: 'processing',
    inSeconds: FIRST_LOOK_SECONDS,
    set: { upload: undefined, reason: undefined },
  };
}

/** Back into the line, for a new upload counts as one more at the provider; not for ever. */
function beginAnew({ failedAssets: before = 0 }: Video, reason: Reason, failed = 1): Step<Video> {
  const failedAssets = before + failed;
  const set = { reason, failedAssets, upload: undefined, assetId: undefined };
  return failedAssets >= MAX_FAILED_ASSETS
    ? { to: 'failed', set }
    : { to: 'registering', inSeconds: 0, set };
}
