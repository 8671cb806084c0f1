import { messageOf } from '../../shared/errors.ts';
import type { Count } from '../../shared/metrics.ts';
import type { Log } from '../../shared/observability.ts';
import { soundnessOf } from '../../shared/soundness.ts';
import type { ClockMemory } from '../../shared/store/clock-memory.ts';
import type { Store } from '../../shared/store/store.ts';
import type { Item, Table } from '../../shared/store/table.ts';
import { secondsSince } from '../../shared/waiting-room.ts';

export interface AuditRowsDeps {
  readonly table: Pick<Table, 'page' | 'updateIf'>;
  readonly store: Pick<Store, 'move'>;
  readonly now: () => Date;
  readonly log: Log;
  readonly count: Count;
}

type Audit = NonNullable<ClockMemory['audit']>;

/** A pass begins no sooner after the last one began: what an audit costs is bounded, however large the table. */
const PASS_SECONDS = 24 * 3_600;
/** So long the clock must have run before a row that is overdue has had its chance. */
const CHANCE_SECONDS = 48 * 3_600;

/**
 * One page of a slow pass over the whole table, a page a tick, a pass a day at most. Every row that is
 * not final has a stage and a due time: one that breaks this all the same, an older version's, say, or
 * one edited by hand, is mended and counted; one that is longer in its state than any may be ends, with the
 * reason. One that nobody can read is counted, and left to a person.
 * @param runningSince since when the clock has been running
 * @returns where the next page begins; undefined when it is not time for another pass
 */
export async function auditRows(
  audit: Audit | undefined,
  runningSince: string,
  deps: AuditRowsDeps,
): Promise<Audit | undefined> {
  const { table, now, log, count } = deps;
  const isOver = audit !== undefined && audit.next === undefined;
  if (isOver && secondsSince(audit.startedAt, now()) < PASS_SECONDS) return undefined;
  const startedAt = audit?.next ? audit.startedAt : now().toISOString();
  // While the clock stood still nobody had his chance: nothing is overdue for that.
  const mayEnd = secondsSince(runningSince, now()) >= CHANCE_SECONDS;
  const { items, next } = await table.page(audit?.next);
  for (const item of items) {
    try {
      await auditRow(item, mayEnd, deps);
    } catch (error) {
      // One that can't be written must not keep the audit from all that come after it.
      log.error('row_not_mended', { ...idsOf(item), error: messageOf(error) });
      counted('RowsUnreadable', count);
    }
  }
  return { startedAt, ...(next && { next }) };
}

async function auditRow(item: Item, mayEnd: boolean, deps: AuditRowsDeps): Promise<void> {
  const { table, store, now, log, count } = deps;
  const found = soundnessOf(item, now());
  switch (found.is) {
    case 'sound':
    case 'no-row':
      return;
    case 'unreadable':
      log.error('row_unreadable', { ...idsOf(item), error: found.why });
      return counted('RowsUnreadable', count);
    case 'unsound': {
      const { key, revision, condition } = seen(item);
      // Who moved it meanwhile has mended it too.
      if (!(await table.updateIf(key, { ...found.due, revision }, condition))) return;
      log.error('row_mended', { ...idsOf(item), why: found.why });
      return counted('RowsMended', count);
    }
    case 'overdue': {
      const { row, to, reason } = found;
      if (!mayEnd || !(await store.move(row, { to, set: { reason } }))) return;
      log.error('row_overdue', { ...idsOf(item), to, why: reason.message });
      return counted('RowsOverdue', count);
    }
  }
}

/** Each finding by what it is, and all of them, for an alarm to watch. */
function counted(name: 'RowsUnreadable' | 'RowsMended' | 'RowsOverdue', count: Count): void {
  count(name, 1);
  count('AuditFindings', 1);
}

/** The row as it was read, and the revision that it gets when it is mended. */
function seen({ pk, sk, revision }: Item) {
  const key = { pk: String(pk), sk: String(sk) };
  if (typeof revision !== 'number') {
    const expression = 'attribute_exists(pk) AND attribute_not_exists(revision)';
    return { key, revision: 0, condition: { expression } };
  }
  const condition = { expression: 'revision = :seen', values: { ':seen': revision } };
  return { key, revision: revision + 1, condition };
}

function idsOf({ pk, sk, kind, state }: Item) {
  return { pk, sk, kind, state };
}
