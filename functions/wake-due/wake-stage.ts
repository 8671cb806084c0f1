import pMap from 'p-map';
import { subjectOf } from '../../shared/about.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Stage } from '../../shared/lifecycle.ts';
import type { RoundDue, RowDue } from '../../shared/messages.ts';
import type { Count } from '../../shared/metrics.ts';
import type { Log } from '../../shared/observability.ts';
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

/** Messages that a stage has at most for the clock's sake, those that it works on included: what it can take in a minute. */
const MESSAGES_AHEAD = 500;
/** Leased before they are sent: where SQS takes none, no more of them sleep until they come due again. */
const ROWS_AT_ONCE = 50;
/** How long a stage has for a row before it is due again: longer than any function may run. */
const LEASE_SECONDS = 960;

/**
 * Wakes a stage, if anything is due there: row by row, the longest due first, or with one message where
 * a round reads the table itself. What a message should have woken is counted: on a healthy day it is
 * nothing.
 */
export async function wakeStage(stage: Stage, deps: WakeStageDeps): Promise<void> {
  const woken = isRound(stage) ? await wakeRound(stage, deps) : await wakeEach(stage, deps);
  if (!woken) return;
  const { rows, rescued, oldestDueAt, failure } = woken;
  if (rows > 0) deps.count('RowsWoken', rows, { stage });
  if (rescued > 0) deps.count('RowsRescued', rescued, { stage });
  deps.log.info('stage_woken', { stage, rows, rescued, oldestDueAt });
  if (failure) throw failure;
}

interface Woken {
  readonly rows: number;
  readonly rescued: number;
  readonly oldestDueAt: string | undefined;
  /** Why it was no more. */
  readonly failure?: Error | undefined;
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

/**
 * Hands the rows over, as many as the stage's queue has room for; the others stay due. While the stage
 * has messages, that of a row may be among them: such a row is left to it for as long again, and then
 * woken without being called lost.
 */
async function wakeEach(stage: RowStage, deps: WakeStageDeps): Promise<Woken | undefined> {
  const { store, queues, now, log } = deps;
  const [first] = await store.due(stage, now(), 1);
  if (!first) return undefined;
  const messages = await queues[stage].countMessages();
  const room = MESSAGES_AHEAD - messages;
  if (room <= 0) {
    log.warn('stage_behind', { stage, messages, oldestDueAt: first.dueAt });
    return undefined;
  }
  const isLeft = ({ dueBy, dueAt }: Row) =>
    messages > 0 && dueBy === 'message' && secondsSince(dueAt ?? '', now()) < LEASE_SECONDS;
  const rows = (await store.due(stage, now(), room)).filter((row) => !isLeft(row));
  if (rows.length === 0) return undefined;
  const { woken, failure } = await handOver(stage, rows, deps);
  const lost = messages > 0 ? [] : woken.filter(({ dueBy }) => dueBy === 'message');
  return { rows: woken.length, rescued: lost.length, oldestDueAt: rows[0]?.dueAt, failure };
}

/** Leases rows and sends them on, some at a time. @returns those that nobody else moved, as they were found */
async function handOver(
  stage: RowStage,
  rows: readonly Row[],
  deps: WakeStageDeps,
): Promise<{ readonly woken: readonly Row[]; readonly failure: Error | undefined }> {
  const woken: Row[] = [];
  let failure: Error | undefined;
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const some = rows.slice(start, start + ROWS_AT_ONCE);
    const leases = await pMap(some, (row) => lease(row, deps), { concurrency: WRITES_AT_ONCE });
    failure ??= leases.find((it) => it instanceof Error);
    const moved = leases.flatMap((it) => (it === undefined || it instanceof Error ? [] : [it]));
    try {
      await deps.queues[stage].send(moved.map((it) => rowDueOf(it.moved)));
    } catch (error) {
      return { woken, failure: error instanceof Error ? error : new Error(String(error)) };
    }
    woken.push(...moved.map(({ row }) => row));
  }
  return { woken, failure: woken.length === 0 ? failure : undefined };
}

/** One row that can't be written must not keep the others asleep. */
async function lease(row: Row, { store, now, log }: WakeStageDeps) {
  const due = { at: later(now(), LEASE_SECONDS), by: 'message' } as const;
  try {
    const moved = await store.move(row, { to: row.state, due });
    return moved && { row, moved };
  } catch (error) {
    log.error('row_not_woken', { ...subjectOf(row), error: messageOf(error) });
    return error instanceof Error ? error : new Error(String(error));
  }
}
