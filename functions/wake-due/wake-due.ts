import pMap from 'p-map';
import { messageOf } from '../../shared/errors.ts';
import { type Stage, stages } from '../../shared/lifecycle.ts';
import type { RoundDue, RowDue } from '../../shared/messages.ts';
import type { Count, Log } from '../../shared/observability.ts';
import type { Queue } from '../../shared/queue.ts';
import type { Row, Store } from '../../shared/store/store.ts';
import { later, rowDueOf, WRITES_AT_ONCE } from '../../shared/waiting-room.ts';

/** The stages that are handed row by row; the others are rounds over the table. */
type RowStage = Exclude<Stage, RoundStage>;
const roundStages = ['schedule-upload', 'submit-batches', 'settle-batches'] as const;
type RoundStage = (typeof roundStages)[number];

export interface WakeDueDeps {
  readonly store: Pick<Store, 'due' | 'move'>;
  readonly queues: Readonly<Record<RowStage, Queue<RowDue>>>;
  readonly rounds: Readonly<Record<RoundStage, Queue<RoundDue>>>;
  readonly now: () => Date;
  readonly log: Log;
  readonly count: Count;
}

/** Rows woken at each stage in one tick: what a stage can take until the next. */
const ROWS_PER_TICK = 500;
/** How long a stage has for a row before it is woken again: longer than any function may run. */
const LEASE_SECONDS = 960;

/**
 * The clock: finds the rows that are due at each stage, the longest due first, and wakes the stage.
 * A row that a message should have woken is counted: on a healthy day there is none.
 */
export async function wakeDue(deps: WakeDueDeps): Promise<void> {
  const failures: unknown[] = [];
  for (const stage of stages) {
    // What ails one stage must not keep the others asleep.
    await wakeStage(stage, deps).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(messageOf).join('; '));
}

async function wakeStage(stage: Stage, deps: WakeDueDeps): Promise<void> {
  // A round reads the table itself: that there is one row is all that matters.
  const rows = await deps.store.due(stage, deps.now(), isRound(stage) ? 1 : ROWS_PER_TICK);
  if (rows.length === 0) return;
  const woken = isRound(stage)
    ? await wakeRound(stage, rows, deps)
    : await wakeEach(stage, rows, deps);
  const rescued = woken.filter(({ dueBy }) => dueBy === 'message').length;
  deps.count('RowsWoken', woken.length, { stage });
  deps.count('RowsRescued', rescued, { stage });
  deps.log.info('stage_woken', { stage, rows: woken.length, rescued, oldestDueAt: rows[0]?.dueAt });
}

function isRound(stage: Stage): stage is RoundStage {
  return (roundStages as readonly Stage[]).includes(stage);
}

/** Its function reads the table itself, and what waits there keeps its place: one message will do. */
async function wakeRound(stage: RoundStage, rows: readonly Row[], { rounds }: WakeDueDeps) {
  await rounds[stage].send([{ round: 'due' }]);
  return rows;
}

/** @returns the rows that were woken, as they were found */
async function wakeEach(
  stage: RowStage,
  rows: readonly Row[],
  { store, queues, now }: WakeDueDeps,
): Promise<Row[]> {
  const due = { at: later(now(), LEASE_SECONDS), by: 'message' } as const;
  const leased = await pMap(
    rows,
    async (row) => {
      const moved = await store.move(row, { to: row.state, due });
      return moved ? [{ row, moved }] : [];
    },
    { concurrency: WRITES_AT_ONCE },
  );
  const woken = leased.flat();
  await queues[stage].send(woken.map(({ moved }) => rowDueOf(moved)));
  return woken.map(({ row }) => row);
}
