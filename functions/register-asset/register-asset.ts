import pMap from 'p-map';
import type { Deliveries, Delivery } from '../../shared/deliveries.ts';
import { messageOf } from '../../shared/errors.ts';
import type { RowDue, ScheduledUploadsMessage } from '../../shared/messages.ts';
import { ObjectLostError } from '../../shared/objects.ts';
import type { Store } from '../../shared/store/store.ts';
import {
  isProviderError,
  type ProviderError,
  ProviderRefusedError,
  reasonOf,
} from '../../shared/twelvelabs/errors.ts';
import { reasonOfOurs, type Video } from '../../shared/video.ts';
import {
  isHandedOver,
  longerEachTime,
  type Step,
  secondsSince,
} from '../../shared/waiting-room.ts';
import { type GiveTurnsDeps, giveTurns } from './give-turns.ts';
import { type RegisterByRouteDeps, registerByRoute } from './register-by-route.ts';

export interface RegisterAssetsDeps extends GiveTurnsDeps, RegisterByRouteDeps {
  readonly store: Pick<Store, 'due' | 'read' | 'readMany'>;
}

/** Longer than the function may run: when it is over, whoever held the row is gone. */
const LEASE_SECONDS = 300;
/** How late a reserved moment may be used: what comes later stands in line again, at its old place. */
const TURN_LASTS_SECONDS = 10;
/** A new key is read within this time (see secrets.ts). */
const KEY_REFUSED_SECONDS = 300;
/** With their back-off about a day of trying: a provider that is away for hours fails nobody. */
const MAX_ATTEMPTS = 30;
/** All of an SQS batch at once: a turn must not be late because of another's upload. */
const AT_ONCE = 10;

/**
 * Videos whose turn has come -> assets that the provider processes, or uploads in chunks that wait
 * for their bytes. Whenever the schedule has free moments, those who stand in line are given them.
 * @returns the ids of the messages to deliver again
 */
export async function registerAssets(
  { decoded, malformed }: Deliveries<ScheduledUploadsMessage>,
  deps: RegisterAssetsDeps,
): Promise<string[]> {
  const fates = await pMap(decoded, (delivery) => fateOf(delivery, deps), {
    concurrency: AT_ONCE,
  });
  if (fates.includes('round')) {
    // The clock asks for the same within a minute.
    await giveTurns(deps).catch((error: unknown) => {
      deps.log.error('turns_not_given', { error: messageOf(error) });
    });
  }
  const failed = decoded.filter((_, at) => fates[at] === 'failed');
  return [...malformed, ...failed.map(({ messageId }) => messageId)];
}

/** `round`: there is somebody in line who may be given a turn. */
type Fate = 'done' | 'round' | 'failed';

async function fateOf(
  { messageId, message }: Delivery<ScheduledUploadsMessage>,
  deps: RegisterAssetsDeps,
): Promise<Fate> {
  if ('round' in message) return 'round';
  try {
    return await goOn(message, deps);
  } catch (error) {
    deps.log.error('register_failed', { messageId, error: messageOf(error) });
    return 'failed';
  }
}

async function goOn(message: RowDue, deps: RegisterAssetsDeps): Promise<Fate> {
  const row = await deps.store.read(message);
  if (row?.kind !== 'video' || !isHandedOver(row, 'register-asset', message, deps.now())) {
    deps.log.info('message_ignored', { ...message });
    return 'done';
  }
  if (row.attempt >= MAX_ATTEMPTS) {
    const message = `given up after ${row.attempt} tries that came to no end`;
    const reason = row.reason ?? { code: 'registration_unfinished', message };
    await deps.waitingRoom.move(row, { to: 'failed', set: { reason, slotAt: undefined } });
    return 'done';
  }
  if (isItsTurn(row, deps.now()) && !(await deps.schedule.isPaused())) {
    await register(row, deps);
    return 'done';
  }
  await deps.waitingRoom.move(row, lineUp(row, deps.now()));
  return 'round';
}

/** A second early is a matter of two clocks. */
function isItsTurn({ slotAt }: Video, now: Date): boolean {
  if (slotAt === undefined) return false;
  const late = secondsSince(slotAt, now);
  return late >= -1 && late <= TURN_LASTS_SECONDS;
}

/** Takes the row for itself, then registers the asset, or adopts the one that an earlier try made. */
async function register(video: Video, deps: RegisterAssetsDeps): Promise<void> {
  const held = await deps.waitingRoom.move(video, {
    to: 'registering',
    inSeconds: LEASE_SECONDS,
    by: 'clock',
    set: { attempt: video.attempt + 1, slotAt: undefined },
  });
  if (held) await deps.waitingRoom.move(held, await nextStep(held, deps));
}

async function nextStep(held: Video, deps: RegisterAssetsDeps): Promise<Step<Video>> {
  try {
    return await registerByRoute(held, deps);
  } catch (error) {
    if (error instanceof ObjectLostError) return { to: 'rejected', set: { reason: error.reason } };
    if (isProviderError(error)) return await stepAfter(error, held, deps);
    // S3, or the secret: nothing was asked of the provider, so the try does not count.
    deps.log.error('register_failed', { key: held.key, error: messageOf(error) });
    const waited = secondsSince(held.stateSince, deps.now());
    return {
      to: 'registering',
      inSeconds: longerEachTime(waited, { least: 60, most: 3_600 }),
      set: { reason: reasonOfOurs(error), attempt: held.attempt - 1 },
    };
  }
}

/** Where a video goes when the provider did not take it. */
async function stepAfter(
  error: ProviderError,
  video: Video,
  { schedule, now }: RegisterAssetsDeps,
): Promise<Step<Video>> {
  const { attempt } = video;
  const reason = reasonOf(error);
  if (!error.retryable) return { to: 'rejected', set: { reason } };
  const backOff = Math.min(3_600, 30 * 2 ** attempt);
  if (error instanceof ProviderRefusedError && error.status < 500) {
    // Nothing was made, and it is not this video's fault: the try does not count.
    const set = { reason, attempt: attempt - 1 };
    const isForAll = error.status === 401 || error.status === 429;
    const pauseSeconds = error.status === 401 ? KEY_REFUSED_SECONDS : error.retryAfterSeconds;
    if (isForAll) await schedule.pushBack(pauseSeconds);
    // Refused for the key or the rate it keeps its place, but not for ever the first.
    if (isForAll && video.reason?.code !== reason.code) return lineUp(video, now(), set);
    return { to: 'registering', inSeconds: error.retryAfterSeconds ?? backOff, set };
  }
  if (attempt >= MAX_ATTEMPTS) return { to: 'failed', set: { reason } };
  return { to: 'registering', inSeconds: backOff, set: { reason } };
}

/** Its place in line is the time of its upload: the row is due from then on. */
function lineUp(video: Video, now: Date, set: Step<Video>['set'] = {}): Step<Video> {
  return {
    to: 'waiting',
    inSeconds: -secondsSince(video.uploadedAt, now),
    set: { ...set, slotAt: undefined },
  };
}
