import pMap from 'p-map';
import { messageOf } from '../../shared/errors.ts';
import type { Stage } from '../../shared/lifecycle.ts';
import type { RoundDue, RowDue } from '../../shared/messages.ts';
import type { Count, Log } from '../../shared/observability.ts';
import type { CountedQueue, Queue } from '../../shared/queue.ts';
import type { Row } from '../../shared/store/row-reader.ts';
import type { Store } from '../../shared/store/store.ts';
import {
  later,
  MESSAGE_GRACE_SECONDS,
  rowDueOf,
  secondsSince,
  WRITES_AT_ONCE,
} from '../../shared/waiting-room.ts';

/** The stages that are handed row by row; the others are rounds over the table. */
type RowStage = Exclude<Stage, RoundStage>;
const roundStages = ['schedule-upload', 'submit-batches', 'settle-batches'] as const;
type RoundStage = (typeof roundStages)[number];

export interface WakeStageDeps {
  readonly store: Pick<Store, 'due' | 'lastIn' | 'move'>;
  readonly queues: Readonly<Record<RowStage, CountedQueue<RowDue>>>;
  readonly rounds: Readonly<Record<RoundStage, Queue<RoundDue>>>;
  /** When submit-batches last began a round; undefined when it never did. */
  readonly lastRound: () => Promise<string | undefined>;
  readonly now: () => Date;
  readonly log: Log;
  readonly count: Count;
}

/** Messages that a stage finds before it at most for the clock's sake: about what it can take in a minute. */
const MESSAGES_AHEAD = 500;
/** Leased before they are sent: where SQS takes none, no more of them sleep until they come due again. */
const ROWS_AT_ONCE = 50;
/** How long a stage has for a row before it is woken again: longer than any function may run. */
const LEASE_SECONDS = 960;

/**
 * Wakes a stage, if anything is due there: row by row, the longest due first, or with one message where
 * a round reads the table itself. What a message should have woken is counted: on a healthy day it is
 * nothing.
 * @returns how much it was
 */
export async function wakeStage(stage: Stage, deps: WakeStageDeps): Promise<number> {
  const woken = isRound(stage) ? await wakeRound(stage, deps) : await wakeEach(stage, deps);
  if (!woken) return 0;
  const { rows, rescued, oldestDueAt } = woken;
  deps.count('RowsWoken', rows, { stage });
  if (rescued > 0) deps.count('RowsRescued', rescued, { stage });
  deps.log.info('stage_woken', { stage, rows, rescued, oldestDueAt });
  return rescued;
}

interface Woken {
  readonly rows: number;
  readonly rescued: number;
  readonly oldestDueAt: string | undefined;
}

function isRound(stage: Stage): stage is RoundStage {
  return (roundStages as readonly Stage[]).includes(stage);
}

/** Its function reads the table itself, and what waits there keeps its place: one message will do. */
async function wakeRound(stage: RoundStage, deps: WakeStageDeps): Promise<Woken | undefined> {
  const [oldest] = await deps.store.due(stage, deps.now(), 1);
  if (!oldest) return undefined;
  const isRescued = stage === 'submit-batches' && (await hasMissedRound(deps));
  await deps.rounds[stage].send([{ round: 'due' }]);
  return { rows: 1, rescued: isRescued ? 1 : 0, oldestDueAt: oldest.dueAt };
}

/** Whether analyses have come to the queue, and the message that should have begun a round did not. */
async function hasMissedRound({ store, lastRound, now }: WakeStageDeps): Promise<boolean> {
  const [newest] = await store.lastIn('queued', 1);
  if (!newest || secondsSince(newest.stateSince, now()) < MESSAGE_GRACE_SECONDS) return false;
  const beganAt = await lastRound();
  return beganAt === undefined || beganAt < newest.stateSince;
}

/** Hands the rows over, as many as the stage's queue has room for; the others stay due. */
async function wakeEach(stage: RowStage, deps: WakeStageDeps): Promise<Woken | undefined> {
  const { store, queues, now, log } = deps;
  const [first] = await store.due(stage, now(), 1);
  if (!first) return undefined;
  const waiting = await queues[stage].countVisible();
  const room = MESSAGES_AHEAD - waiting;
  if (room <= 0) {
    log.warn('stage_behind', { stage, messages: waiting, oldestDueAt: first.dueAt });
    return undefined;
  }
  const rows = await store.due(stage, now(), room);
  const woken: Row[] = [];
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    woken.push(...(await handOver(stage, rows.slice(start, start + ROWS_AT_ONCE), deps)));
  }
  const rescued = woken.filter(({ dueBy }) => dueBy === 'message').length;
  return { rows: woken.length, rescued, oldestDueAt: rows[0]?.dueAt };
}

/** Leases rows and sends them on. @returns those that nobody else moved, as they were found */
async function handOver(
  stage: RowStage,
  rows: readonly Row[],
  { store, queues, now, log }: WakeStageDeps,
): Promise<Row[]> {
  const due = { at: later(now(), LEASE_SECONDS), by: 'message' } as const;
  const failures: unknown[] = [];
  const lease = async (row: Row) => {
    try {
      const moved = await store.move(row, { to: row.state, due });
      return moved ? [{ row, moved }] : [];
    } catch (error) {
      // One row that can't be written must not keep the others asleep.
      log.error('row_not_woken', { pk: row.pk, sk: row.sk, error: messageOf(error) });
      failures.push(error);
      return [];
    }
  };
  const leased = (await pMap(rows, lease, { concurrency: WRITES_AT_ONCE })).flat();
  if (leased.length === 0 && failures.length > 0) throw failures[0];
  await queues[stage].send(leased.map(({ moved }) => rowDueOf(moved)));
  return leased.map(({ row }) => row);
}
