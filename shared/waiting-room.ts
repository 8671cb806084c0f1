import { subjectOf } from './about.ts';
import { messageOf } from './errors.ts';
import { lifecycles, type Stage, stageAfter } from './lifecycle.ts';
import type { RowDue } from './messages.ts';
import type { Log } from './observability.ts';
import { MAX_DELAY_SECONDS, type Queue } from './queue.ts';
import type { Row } from './store/row-reader.ts';
import type { Move, Store } from './store/store.ts';

/** How long after a message should have come the clock takes its place. */
export const MESSAGE_GRACE_SECONDS = 90;

/** How often the clock looks for what is due: a wait this long needs no message of its own. */
export const CLOCK_PERIOD_SECONDS = 60;

/** Conditional writes that one function has under way at once: more gain nothing (measured). */
export const WRITES_AT_ONCE = 16;

/** A move as a function decides it: to which state, and for a state that waits, how long. */
export interface Step<R extends Row> {
  readonly to: R['state'];
  /** Seconds until the row is looked at again; leave out when `to` is final. */
  readonly inSeconds?: number;
  /** Send a message to arrive then (the default), or leave it to the clock. */
  readonly by?: 'message' | 'clock';
  readonly set?: Move<R>['set'];
  /** The moment of the move; now, when left out. */
  readonly at?: Date;
}

/**
 * How every stage moves state: one conditional write that sets the state, the stage that the row then
 * waits for and when it is due, and a message that wakes that stage. The write is what counts. When
 * the message is lost, or never sent because the function died in between, the row comes due anyway.
 */
export interface WaitingRoom {
  /** Moves the row; undefined when somebody else moved it first, which is nobody's fault. */
  move<R extends Row>(row: R, step: Step<R>): Promise<R | undefined>;
}

export interface WaitingRoomDeps {
  readonly store: Pick<Store, 'move'>;
  /** The queue of each stage that this function wakes. */
  readonly queues: Partial<Record<Stage, Queue<RowDue>>>;
  readonly now: () => Date;
  readonly log: Log;
}

export function createWaitingRoom({ store, queues, now, log }: WaitingRoomDeps): WaitingRoom {
  return {
    async move(row, step) {
      const { to, inSeconds, set, at } = step;
      const stage = stageAfter(lifecycles[row.kind], row.state, to);
      const queue = stage && queues[stage];
      const byMessage =
        step.by !== 'clock' && queue !== undefined && (inSeconds ?? 0) <= MAX_DELAY_SECONDS;
      const moved = await store.move(row, {
        to,
        ...(set && { set }),
        ...(at && { at }),
        ...(inSeconds !== undefined && {
          due: {
            at: later(now(), inSeconds + (byMessage ? MESSAGE_GRACE_SECONDS : 0)),
            by: byMessage ? 'message' : 'clock',
          },
        }),
      });
      if (!moved) {
        log.info('move_lost_to_another', { ...subjectOf(row), from: row.state, to });
        return undefined;
      }
      log.info('row_moved', {
        ...subjectOf(moved),
        kind: row.kind,
        from: row.state,
        to,
        dueAt: moved.dueAt,
        ...(moved.reason && { reason: moved.reason }),
      });
      if (byMessage) await wake(queue, moved, inSeconds ?? 0);
      return moved;
    },
  };

  async function wake(queue: Queue<RowDue>, row: Row, inSeconds: number): Promise<void> {
    try {
      await queue.send([rowDueOf(row)], inSeconds);
    } catch (error) {
      const error_ = messageOf(error);
      log.warn('wake_lost', { ...subjectOf(row), stage: row.stage, error: error_ });
    }
  }
}

/** The message that hands a row to its stage. */
export function rowDueOf({ pk, sk, revision }: Row): RowDue {
  return { pk, sk, revision };
}

/**
 * Whether a function that was handed `message` may move `row`: it waits for this stage, and either
 * nobody has moved it since the message was sent or it is due anyway.
 */
export function isHandedOver(row: Row, stage: Stage, message: RowDue, now: Date): boolean {
  if (row.stage !== stage) return false;
  return row.revision === message.revision || isDue(row, now);
}

/** Whether the row has waited until its due time. */
export function isDue(row: Row, now: Date): boolean {
  return row.dueAt !== undefined && Date.parse(row.dueAt) <= now.getTime();
}

/** The moment `seconds` after `date`. */
export function later(date: Date, seconds: number): Date {
  return new Date(date.getTime() + seconds * 1000);
}

/** Seconds that have passed since a moment that a row carries; less than 0 for one to come. */
export function secondsSince(moment: string, now: Date): number {
  return (now.getTime() - Date.parse(moment)) / 1000;
}

/** How long to wait for what has not come for `waitedSeconds`: soon at first, then half as long again. */
export function longerEachTime(
  waitedSeconds: number,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  return Math.min(most, Math.max(least, waitedSeconds / 2));
}
