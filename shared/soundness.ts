import { describeIssues } from './decode.ts';
import { type Lifecycle, lifecycles, type Stage } from './lifecycle.ts';
import { type Row, row } from './store/row-reader.ts';
import type { Item } from './store/table.ts';
import { providerReason, type Reason } from './video.ts';
import { secondsSince } from './waiting-room.ts';

/**
 * What an item of the table is to the invariant on which everything rests: a row that is not final has
 * a stage and a due time, and one that is final has none.
 */
export type Soundness =
  | { readonly is: 'sound' | 'no-row' }
  /** Of another version, or edited by hand, so that no function can read it: only a person can mend it. */
  | { readonly is: 'unreadable'; readonly why: string }
  /** It would never be woken, or for ever; with `due` it is as it should be. */
  | { readonly is: 'unsound'; readonly why: string; readonly due: RowDueFields }
  /** Longer in its state than any row may be. */
  | {
      readonly is: 'overdue';
      readonly row: Row;
      readonly to: Row['state'];
      readonly reason: Reason;
    };

/** The attributes by which a row waits. */
export interface RowDueFields {
  readonly stage: Stage | undefined;
  readonly dueAt: string | undefined;
  readonly dueBy: 'clock' | undefined;
}

const notDue: RowDueFields = { stage: undefined, dueAt: undefined, dueBy: undefined };
const DAY_SECONDS = 24 * 3_600;
/** No stage puts a row off for so long. */
const FARTHEST_DUE_SECONDS = 31 * DAY_SECONDS;

/** Whether an item, however it came to be as it is, will be moved on by somebody. */
export function soundnessOf(item: Item, now: Date): Soundness {
  const { sk, kind, state, stage, dueAt, revision } = item;
  const lifecycle: Lifecycle | undefined = Object.hasOwn(lifecycles, String(kind))
    ? lifecycles[kind as keyof typeof lifecycles]
    : undefined;
  if (!lifecycle) {
    const isMeantForOne = /^(VIDEO|BATCH|ANALYSIS#.*)$/s.test(String(sk));
    return isMeantForOne ? { is: 'unreadable', why: 'its kind is unknown' } : { is: 'no-row' };
  }
  const here = Object.hasOwn(lifecycle, String(state)) ? lifecycle[String(state)] : undefined;
  if (!here) return { is: 'unreadable', why: 'its state is unknown' };
  if (revision !== undefined && !Number.isInteger(revision)) {
    return { is: 'unreadable', why: 'its revision is no whole number' };
  }
  if (here === 'final') {
    const isWaiting = stage !== undefined || dueAt !== undefined;
    if (isWaiting) return { is: 'unsound', why: `${state}, and waiting`, due: notDue };
  } else {
    const why = stage === here.stage ? dueFlaw(dueAt, now) : `${state}, and not for ${here.stage}`;
    if (why) {
      const due = { stage: here.stage, dueAt: placeOf(item, now), dueBy: 'clock' } as const;
      return { is: 'unsound', why, due };
    }
  }
  const { success, data: read, error } = row.safeParse(item);
  if (!success) return { is: 'unreadable', why: describeIssues(error) };
  return overdueOf(read, here, now) ?? { is: 'sound' };
}

function dueFlaw(dueAt: unknown, now: Date): string | undefined {
  if (!isMoment(dueAt)) return 'without a due time';
  return -secondsSince(dueAt, now) > FARTHEST_DUE_SECONDS ? `due only at ${dueAt}` : undefined;
}

/** Since when it waits, so that it keeps its place among others. */
function placeOf({ stateSince }: Item, now: Date): string {
  const isPast = isMoment(stateSince) && secondsSince(stateSince, now) > 0;
  return isPast ? stateSince : now.toISOString();
}

/** As rows write them: only then do they sort by time. */
function isMoment(value: unknown): value is string {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString() === value;
}

function overdueOf(read: Row, here: Lifecycle[string], now: Date): Soundness | undefined {
  const longest = here === 'final' ? undefined : here?.longest;
  if (!longest || secondsSince(read.stateSince, now) <= longest.days * DAY_SECONDS)
    return undefined;
  const isPaidPerhaps = read.kind === 'analysis';
  const message =
    `it was ${read.state} for more than ${longest.days} days` +
    `${isPaidPerhaps ? ', and may have been paid' : ''}; ` +
    `at last: ${read.reason?.message ?? 'no reason was noted'}`;
  const reason = providerReason('stage_overdue', message);
  return { is: 'overdue', row: read, to: longest.end as Row['state'], reason };
}
