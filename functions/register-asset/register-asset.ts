import pMap from 'p-map';
import type { Deliveries, Delivery } from '../../shared/deliveries.ts';
import { messageOf } from '../../shared/errors.ts';
import type { RowDue, UploadsMessage } from '../../shared/messages.ts';
import type { Objects } from '../../shared/objects.ts';
import type { Log } from '../../shared/observability.ts';
import type { Profile } from '../../shared/profile.ts';
import type { Store } from '../../shared/store/store.ts';
import type { UploadSchedule } from '../../shared/store/upload-schedule.ts';
import type { TwelveLabs } from '../../shared/twelvelabs/client.ts';
import {
  isProviderError,
  type ProviderError,
  ProviderRefusedError,
  reasonOf,
} from '../../shared/twelvelabs/errors.ts';
import type { Reason, Upload, Video } from '../../shared/video.ts';
import { isHandedOver, later, type Step, type WaitingRoom } from '../../shared/waiting-room.ts';
import { createOrAdoptAsset } from './create-asset.ts';
import { judgeBytes, judgeFacts, SAMPLE_BYTES } from './judge-object.ts';
import { readUploads } from './read-uploads.ts';

export interface RegisterAssetsDeps {
  readonly provider: Pick<TwelveLabs, 'createAsset' | 'findAsset'>;
  readonly store: Pick<Store, 'claimVideo' | 'read'>;
  readonly schedule: UploadSchedule;
  readonly waitingRoom: WaitingRoom;
  readonly objects: Pick<Objects, 'head' | 'readStart' | 'openStream' | 'presign'>;
  readonly profiles: readonly Profile[];
  /** How the provider gets the file: it fetches a presigned URL, or we send it the bytes. */
  readonly route: 'url' | 'direct';
  readonly maxBytes: number;
  readonly now: () => Date;
  readonly log: Log;
}

/** Longer than the function may run: when it is over, whoever held the row is gone. */
const LEASE_SECONDS = 300;
const FIRST_LOOK_SECONDS = 2;
/** How late a reserved moment may be used: later than the clock on a bad day brings a row back. */
const SLOT_LASTS_MS = 180_000;
const MAX_ATTEMPTS = 8;

/**
 * Uploaded objects -> assets that the provider processes. An upload is claimed, judged by what can be
 * seen for free, given a moment of the plan's upload rate, and then registered.
 * @returns the ids of the messages to deliver again
 */
export async function registerAssets(
  deliveries: Deliveries<UploadsMessage>,
  deps: RegisterAssetsDeps,
): Promise<string[]> {
  const fates = await pMap(deliveries.decoded, (delivery) => fateOf(delivery, deps), {
    concurrency: 5,
  });
  return [...deliveries.malformed, ...fates.flat()];
}

async function fateOf(
  { messageId, message }: Delivery<UploadsMessage>,
  deps: RegisterAssetsDeps,
): Promise<string[]> {
  try {
    if ('Records' in message) {
      for (const upload of readUploads(message)) await enter(upload, deps);
    } else if ('pk' in message) {
      await goOn(message, deps);
    }
    return [];
  } catch (error) {
    deps.log.error('register_failed', { messageId, error: messageOf(error) });
    return [messageId];
  }
}

/** A new upload: claims it, refuses what can be refused now, and reserves its moment. */
async function enter(upload: Upload, deps: RegisterAssetsDeps): Promise<void> {
  const due = { at: later(deps.now(), LEASE_SECONDS), by: 'message' } as const;
  const claimed = await deps.store.claimVideo(upload, due);
  if (!claimed) {
    deps.log.info('upload_ignored', { key: upload.key, why: 'entered before, or a newer one was' });
    return;
  }
  await judgeAndRegister(claimed, deps);
}

/** A row that came due here: goes on from wherever it stands. */
async function goOn(message: RowDue, deps: RegisterAssetsDeps): Promise<void> {
  const row = await deps.store.read(message);
  if (row?.kind !== 'video' || !isHandedOver(row, 'register-asset', message, deps.now())) {
    deps.log.info('message_ignored', { ...message });
    return;
  }
  const slotAgeMs = deps.now().getTime() - Date.parse(row.slotAt ?? '');
  // A moment long past (the clock stood still) is no right to go now, together with all the others.
  if (slotAgeMs < SLOT_LASTS_MS) await register(row, deps);
  else await judgeAndRegister(row, deps);
}

async function judgeAndRegister(video: Video, deps: RegisterAssetsDeps): Promise<void> {
  const refusal = await judge(video, deps);
  if (refusal) {
    await deps.waitingRoom.move(video, { to: 'rejected', set: { reason: refusal } });
    return;
  }
  const slotAt = await deps.schedule.reserve();
  const waitSeconds = (slotAt.getTime() - deps.now().getTime()) / 1000;
  const scheduled = { ...video, slotAt: slotAt.toISOString() };
  if (waitSeconds <= 0) await register(scheduled, deps);
  else {
    await deps.waitingRoom.move(video, {
      to: 'registering',
      inSeconds: waitSeconds,
      set: { slotAt: scheduled.slotAt },
    });
  }
}

async function judge(video: Video, deps: RegisterAssetsDeps): Promise<Reason | undefined> {
  const { bucket, key, etag } = video;
  const facts = await deps.objects.head(bucket, key);
  return (
    judgeFacts(video, facts, deps.profiles, deps.maxBytes) ??
    (await judgeBytes(await deps.objects.readStart(bucket, key, etag, SAMPLE_BYTES)))
  );
}

/** Takes the row for itself, then registers the asset, or adopts the one that an earlier try made. */
async function register(video: Video, deps: RegisterAssetsDeps): Promise<void> {
  if (video.attempt >= MAX_ATTEMPTS) {
    const message = `given up after ${video.attempt} tries that came to no end`;
    const reason = video.reason ?? { code: 'registration_unfinished', message };
    await deps.waitingRoom.move(video, { to: 'failed', set: { reason } });
    return;
  }
  const held = await deps.waitingRoom.move(video, {
    to: 'registering',
    inSeconds: LEASE_SECONDS,
    by: 'clock',
    set: { attempt: video.attempt + 1, slotAt: undefined },
  });
  if (!held) return;
  try {
    const asset = await createOrAdoptAsset(held, deps);
    await deps.waitingRoom.move(held, {
      to: 'processing',
      inSeconds: FIRST_LOOK_SECONDS,
      set: { assetId: asset._id, registeredAt: deps.now().toISOString(), reason: undefined },
    });
  } catch (error) {
    if (!isProviderError(error)) throw error;
    await deps.waitingRoom.move(held, stepAfter(error, held));
  }
}

/** Where a video goes when the provider did not take it. */
function stepAfter(error: ProviderError, { attempt }: Video): Step<Video> {
  const set = { reason: reasonOf(error) };
  if (!error.retryable) return { to: 'rejected', set };
  const backOff = Math.min(3_600, 15 * 2 ** attempt);
  if (error instanceof ProviderRefusedError && error.status < 500) {
    // The key, the plan, the rate: nothing was made, and it is not this video's fault. The try does
    // not count, and the video waits as long as it takes.
    const inSeconds = error.retryAfterSeconds ?? backOff;
    return { to: 'registering', inSeconds, set: { ...set, attempt: attempt - 1 } };
  }
  if (attempt >= MAX_ATTEMPTS) return { to: 'failed', set };
  return { to: 'registering', inSeconds: backOff, set };
}
