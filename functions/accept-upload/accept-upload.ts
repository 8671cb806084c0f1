import pMap from 'p-map';
import { about, subjectOf } from '../../shared/about.ts';
import type { Deliveries, Delivery } from '../../shared/deliveries.ts';
import { messageOf } from '../../shared/errors.ts';
import type { RoundDue, RowDue, UploadsMessage } from '../../shared/messages.ts';
import type { ObjectFacts, Objects } from '../../shared/objects.ts';
import type { Log } from '../../shared/observability.ts';
import type { Profile } from '../../shared/profile.ts';
import type { Queue } from '../../shared/queue.ts';
import type { Store } from '../../shared/store/store.ts';
import { lineUp } from '../../shared/upload-line.ts';
import { reasonOfOurs, type Upload, type Video } from '../../shared/video.ts';
import type { VideoLimits } from '../../shared/video-limits.ts';
import {
  isHandedOver,
  later,
  longerEachTime,
  type Step,
  secondsSince,
  type WaitingRoom,
} from '../../shared/waiting-room.ts';
import { judgeUpload } from './judge-upload.ts';
import { readUploads } from './read-uploads.ts';

export interface AcceptUploadsDeps {
  readonly store: Pick<Store, 'claimVideo' | 'read'>;
  readonly waitingRoom: WaitingRoom;
  readonly objects: Pick<Objects, 'head' | 'readRange'>;
  readonly scheduledUploads: Queue<RoundDue>;
  readonly profiles: readonly Profile[];
  readonly limits: VideoLimits;
  readonly now: () => Date;
  readonly log: Log;
}

/** What is under the key of an upload: S3 is asked once for all that depends on it. */
type Found = Promise<ObjectFacts | undefined>;

/** Longer than the function may run: when it is over, whoever held the row is gone. */
const LEASE_SECONDS = 120;
/** How long new rows are left to show up in the index, and others to join them. */
const GATHER_SECONDS = 1;
/** All of an SQS batch at once: each waits for S3. */
const AT_ONCE = 10;

/**
 * Uploaded objects -> videos that stand in line for the provider, or are refused with the reason.
 * @returns the ids of the messages to deliver again
 */
export async function acceptUploads(
  { decoded, malformed }: Deliveries<UploadsMessage>,
  deps: AcceptUploadsDeps,
): Promise<string[]> {
  const failed = await pMap(decoded, (delivery) => accept(delivery, deps), {
    concurrency: AT_ONCE,
  });
  try {
    await deps.scheduledUploads.send([{ round: 'due' }], GATHER_SECONDS);
  } catch (error) {
    // It costs the minute until the clock asks for the same.
    deps.log.warn('wake_lost', { stage: 'schedule-upload', error: messageOf(error) });
  }
  return [...malformed, ...failed.flat()];
}

async function accept(
  { messageId, message }: Delivery<UploadsMessage>,
  deps: AcceptUploadsDeps,
): Promise<string[]> {
  return await about({ messageId, ...('pk' in message && subjectOf(message)) }, async () => {
    try {
      if ('pk' in message) await goOn(message, deps);
      else if ('Records' in message || 'detail' in message) {
        for (const upload of readUploads(message)) {
          const video = `${upload.bucket}/${upload.key}`;
          await about({ video }, () => enter(upload, deps));
        }
      }
      return [];
    } catch (error) {
      deps.log.error('accept_failed', { error: messageOf(error) });
      return [messageId];
    }
  });
}

/** A new upload: claims it, judges it, and lets it stand in line. */
async function enter(upload: Upload, deps: AcceptUploadsDeps): Promise<void> {
  const found = deps.objects.head(upload.bucket, upload.key);
  const why = await whyNot(upload, found);
  const due = { at: later(deps.now(), LEASE_SECONDS), by: 'message' } as const;
  const claimed = why ? undefined : await deps.store.claimVideo(upload, due);
  if (claimed) await moveOn(claimed, found, deps);
  else {
    const known = 'it, or a newer upload of the key, was entered before';
    const { etag, sequencer } = upload;
    deps.log.info('upload_ignored', { etag, sequencer, why: why ?? known });
  }
}

/**
 * Why an event is no upload of its own. What was replaced since must not take the place of what
 * replaced it, whose own event may have come first. What S3 can't say now, judging finds out.
 */
async function whyNot({ key, etag, sizeBytes }: Upload, found: Found): Promise<string | undefined> {
  const object = await found.catch(() => undefined);
  // What the S3 console makes of a new folder.
  if (sizeBytes === 0 && key.endsWith('/')) return 'a folder';
  return object && object.etag !== etag ? 'another upload took its place' : undefined;
}

/** A row that came due here: its first delivery did not come to an end. */
async function goOn(message: RowDue, deps: AcceptUploadsDeps): Promise<void> {
  const row = await deps.store.read(message);
  if (row?.kind === 'video' && isHandedOver(row, 'accept-upload', message, deps.now())) {
    await moveOn(row, deps.objects.head(row.bucket, row.key), deps);
  } else deps.log.info('message_ignored', { ...message });
}

async function moveOn(video: Video, found: Found, deps: AcceptUploadsDeps): Promise<void> {
  await about(subjectOf(video), async () => {
    await deps.waitingRoom.move(video, await nextStep(video, found, deps));
  });
}

async function nextStep(video: Video, found: Found, deps: AcceptUploadsDeps): Promise<Step<Video>> {
  try {
    const { refusal, facts } = await judgeUpload(video, found, deps);
    const set = { ...facts, reason: refusal };
    return refusal ? { to: 'rejected', set } : lineUp(video, deps.now(), set);
  } catch (error) {
    // S3 does not let us look (a missing right, a key of KMS): nothing that the video is to blame for.
    deps.log.error('object_not_read', { error: messageOf(error) });
    const waited = secondsSince(video.stateSince, deps.now());
    const inSeconds = longerEachTime(waited, { least: 60, most: 3_600 });
    return { to: 'received', inSeconds, set: { reason: reasonOfOurs(error) } };
  }
}
