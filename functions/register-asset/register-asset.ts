import pMap from 'p-map';
import { about, subjectOf } from '../../shared/about.ts';
import type { Deliveries, Delivery } from '../../shared/deliveries.ts';
import { messageOf } from '../../shared/errors.ts';
import type { RowDue, ScheduledUploadsMessage } from '../../shared/messages.ts';
import { ObjectLostError } from '../../shared/objects.ts';
import type { Store } from '../../shared/store/store.ts';
import { isProviderError } from '../../shared/twelvelabs/errors.ts';
import { lineUp } from '../../shared/upload-line.ts';
import { turnLasts } from '../../shared/upload-pace.ts';
import { reasonOfOurs, type Video } from '../../shared/video.ts';
import { isHandedOver, type Step, secondsSince } from '../../shared/waiting-room.ts';
import { type GiveTurnsDeps, giveTurns } from './give-turns.ts';
import { MAX_ATTEMPTS, stepAfter, tryLater } from './next-try.ts';
import { type RegisterByRouteDeps, registerByRoute, TurnMissedError } from './register-by-route.ts';

export interface RegisterAssetsDeps extends GiveTurnsDeps, Omit<RegisterByRouteDeps, 'isItsTurn'> {
  readonly store: Pick<Store, 'due' | 'read' | 'readMany'>;
}

/** Longer than the function may run: when it is over, whoever held the row is gone. */
const LEASE_SECONDS = 300;
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
  return await about({ messageId, ...subjectOf(message) }, async () => {
    try {
      return await goOn(message, deps);
    } catch (error) {
      deps.log.error('register_failed', { error: messageOf(error) });
      return 'failed';
    }
  });
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
    return await register(row, deps);
  }
  // Only by who moved it: a moment given back twice would be one too many.
  if (await deps.waitingRoom.move(row, lineUp(row, deps.now()))) await giveBackTurn(row, deps);
  return 'round';
}

/** Only as long as the schedule reckons with: who comes later stands in line again, in his old place. */
function isItsTurn({ slotAt }: Video, now: Date): boolean {
  if (slotAt === undefined) return false;
  const late = secondsSince(slotAt, now);
  return late >= -turnLasts.earlySeconds && late <= turnLasts.lateSeconds;
}

/** Of a moment that nothing was sent for. */
async function giveBackTurn({ slotAt }: Video, { schedule }: RegisterAssetsDeps): Promise<void> {
  if (slotAt !== undefined) await schedule.giveBack(new Date(slotAt));
}

/** Takes the row for itself, then registers the asset, or adopts the one that an earlier try made. */
async function register(video: Video, deps: RegisterAssetsDeps): Promise<Fate> {
  const held = await deps.waitingRoom.move(video, {
    to: 'registering',
    inSeconds: LEASE_SECONDS,
    by: 'clock',
    set: { attempt: video.attempt + 1, slotAt: undefined },
  });
  if (!held) return 'done';
  return await about(subjectOf(held), async () => {
    const step = await nextStep(held, video, deps);
    await deps.waitingRoom.move(held, step);
    return step.to === 'waiting' ? 'round' : 'done';
  });
}

/** @param turn the video with its moment, which it holds no longer */
async function nextStep(held: Video, turn: Video, deps: RegisterAssetsDeps): Promise<Step<Video>> {
  try {
    const step = await registerByRoute(held, {
      ...deps,
      isItsTurn: () => isItsTurn(turn, deps.now()),
    });
    // The asset is there, whatever becomes of the note.
    await deps.schedule.noteSuccess().catch((error: unknown) => {
      deps.log.warn('success_not_noted', { error: messageOf(error) });
    });
    return step;
  } catch (error) {
    if (isProviderError(error)) return await stepAfter(error, held, deps);
    // Nothing was asked of the provider.
    await giveBackTurn(turn, deps);
    if (error instanceof ObjectLostError) return { to: 'rejected', set: { reason: error.reason } };
    const isMissed = error instanceof TurnMissedError;
    if (isMissed) return lineUp(held, deps.now(), { attempt: held.attempt - 1 });
    // S3, or the secret.
    deps.log.error('register_failed', { error: messageOf(error) });
    return tryLater(held, reasonOfOurs(error));
  }
}
