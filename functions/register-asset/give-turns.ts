import pMap from 'p-map';
import { subjectOf } from '../../shared/about.ts';
import { messageOf } from '../../shared/errors.ts';
import type { RoundDue } from '../../shared/messages.ts';
import type { Log } from '../../shared/observability.ts';
import type { Queue } from '../../shared/queue.ts';
import type { acquireLease } from '../../shared/store/lease.ts';
import type { Store } from '../../shared/store/store.ts';
import type { UploadSchedule } from '../../shared/store/upload-schedule.ts';
import { byPlaceInLine } from '../../shared/upload-line.ts';
import type { Video } from '../../shared/video.ts';
import {
  CLOCK_PERIOD_SECONDS,
  secondsSince,
  type WaitingRoom,
  WRITES_AT_ONCE,
} from '../../shared/waiting-room.ts';

export interface GiveTurnsDeps {
  readonly store: Pick<Store, 'due' | 'readMany'>;
  readonly schedule: UploadSchedule;
  readonly waitingRoom: WaitingRoom;
  readonly scheduledUploads: Queue<RoundDue>;
  /** Only one round at a time: two would give moments to the same videos. */
  readonly lease: () => ReturnType<typeof acquireLease>;
  readonly now: () => Date;
  readonly log: Log;
}

/** How far ahead turns are given: until the clock's next tick, and somewhat further, for it may be late. */
const AHEAD_SECONDS = CLOCK_PERIOD_SECONDS + 30;
/** Rows read beyond what is wanted, for those that have left the line and those that nobody can read. */
const STALE_AT_MOST = 50;
/** When to look again while another round runs, which may have looked before we came. */
const AFTER_OTHER_SECONDS = 2;

/**
 * Gives the free moments of the next minute and a half to those who stand in line, the first
 * uploaded first. A moment is reserved only now, not when a video joins the line: so what is asked
 * of the provider follows its plan as it is today, and an outage moves the whole line.
 */
export async function giveTurns(deps: GiveTurnsDeps): Promise<void> {
  const free = await deps.schedule.countFree(AHEAD_SECONDS);
  if (free === 0) return;
  const lease = await deps.lease();
  if (lease === 'taken' || 'pausedSeconds' in lease) {
    await deps.scheduledUploads.send([{ round: 'due' }], AFTER_OTHER_SECONDS);
    return;
  }
  try {
    const first = await firstInLine(free, deps);
    const moments = await deps.schedule.take(first.length, AHEAD_SECONDS);
    const turns = moments.flatMap((at, index) => {
      const video = first[index];
      return video ? [{ at, video }] : [];
    });
    await pMap(turns, (turn) => giveTurn(turn, deps), { concurrency: WRITES_AT_ONCE });
    deps.log.info('turns_given', { turns: turns.length, inLine: first.length, free });
  } finally {
    await lease.release();
  }
}

/** The first `count` in line, as they are this moment: the index may still show some who have left. */
async function firstInLine(count: number, { store, now }: GiveTurnsDeps): Promise<Video[]> {
  const found = await store.due('schedule-upload', now(), count + STALE_AT_MOST);
  const rows = await store.readMany(found);
  return rows
    .filter((row): row is Video => row.kind === 'video' && row.state === 'waiting')
    .toSorted(byPlaceInLine)
    .slice(0, count);
}

async function giveTurn(
  { at, video }: { readonly at: Date; readonly video: Video },
  { waitingRoom, schedule, now, log }: GiveTurnsDeps,
): Promise<void> {
  const slotAt = at.toISOString();
  const inSeconds = Math.max(0, -secondsSince(slotAt, now()));
  try {
    const moved = await waitingRoom.move(video, {
      to: 'registering',
      inSeconds,
      set: { slotAt },
    });
    if (!moved) await schedule.giveBack(at);
  } catch (error) {
    // One row must not cost the others their turns.
    log.error('turn_not_given', { ...subjectOf(video), error: messageOf(error) });
  }
}
