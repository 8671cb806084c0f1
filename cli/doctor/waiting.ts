import { type Stage, stages } from '../../shared/lifecycle.ts';
import { indexes } from '../../shared/store/keys.ts';
import type { Table } from '../../shared/store/table.ts';
import { secondsSince } from '../../shared/waiting-room.ts';
import type { Check } from './examined.ts';
import { failed, type Line, number, ok, span } from './line.ts';

const NAME = 'table';
/** So many rows of a stage are counted; a backlog may be a hundred thousand. */
const COUNTED = 500;
/** Longer than any lease on a row, and longer than any function may run. */
const OVERDUE_SECONDS = 1_200;
/** Where rows wait for their turn, by age: being long due is no sign of anything there. */
const LINES: readonly Stage[] = ['schedule-upload', 'submit-batches'];

/** What waits at a stage. */
export interface Waiting {
  readonly stage: Stage;
  readonly count: number;
  /** There are more than were counted. */
  readonly isMore: boolean;
  /** Since when the longest due is due; less than 0 when nothing is. */
  readonly overdueSeconds: number;
}

/** Whether the table can be read, and what waits in it is moved on. */
export const checkWaiting: Check = {
  name: NAME,
  run: async ({ table, now }) => {
    const asked = stages.map((stage) => readWaiting(stage, table(), now()));
    return [judgeWaiting(await Promise.all(asked))];
  },
};

/** What waits at one stage, counted as far as is sensible. */
export async function readWaiting(stage: Stage, table: Table, now: Date): Promise<Waiting> {
  const rows = await table.query(
    {
      IndexName: indexes.due,
      KeyConditionExpression: '#stage = :stage',
      ProjectionExpression: 'dueAt',
      ExpressionAttributeNames: { '#stage': 'stage' },
      ExpressionAttributeValues: { ':stage': stage },
    },
    COUNTED + 1,
  );
  const overdueSeconds = rows[0] ? secondsSince(String(rows[0]['dueAt']), now) : -1;
  const count = Math.min(rows.length, COUNTED);
  return { stage, count, isMore: rows.length > COUNTED, overdueSeconds };
}

/** How many wait. */
export function waitingText({ count, isMore }: Waiting): string {
  return isMore ? `more than ${number(count)}` : number(count);
}

/** The line on what waits. */
export function judgeWaiting(all: readonly Waiting[]): Line {
  const waiting = all.filter(({ count }) => count > 0);
  if (waiting.length === 0) return ok(NAME, 'it answers; nothing waits');
  const counts = waiting.map((it) => `${waitingText(it)} for ${it.stage}`).join(', ');
  const late = waiting.filter(
    ({ stage, overdueSeconds }) => !LINES.includes(stage) && overdueSeconds > OVERDUE_SECONDS,
  );
  if (late.length === 0) return ok(NAME, `${counts}; none is left lying`);
  const [worst] = late.toSorted((a, b) => b.overdueSeconds - a.overdueSeconds);
  const where = `${worst?.stage} by ${span(worst?.overdueSeconds ?? 0)}`;
  return failed(
    NAME,
    `${counts}; overdue for ${where}: the pipeline's clock (below) or the function of that stage does not work`,
  );
}
