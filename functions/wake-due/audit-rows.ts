import type { Count, Log } from '../../shared/observability.ts';
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

/**
 * One page of a slow pass over the whole table, a page a tick, a pass a day at most. Every row that is
 * not final has a stage and a due time: one that breaks this all the same, an older version's, say, or
 * one edited by hand, is mended and counted; one that is longer in its state than any may be ends, with the
 * reason. One that nobody can read is counted, and left to a person.
 * @returns where the next page begins; undefined when it is not time for another pass
 */
export async function auditRows(
  audit: Audit | undefined,
  deps: AuditRowsDeps,
): Promise<Audit | undefined> {
  const { table, now } = deps;
  const isOver = audit !== undefined && audit.next === undefined;
  if (isOver && secondsSince(audit.startedAt, now()) < PASS_SECONDS) return undefined;
  const startedAt = audit?.next ? audit.startedAt : now().toISOString();
  const { items, next } = await table.page(audit?.next);
  for (const item of items) await auditRow(item, deps);
  return { startedAt, ...(next && { next }) };
}

async function auditRow(item: Item, { table, store, now, log, count }: AuditRowsDeps) {
  const { pk, sk, kind, state, revision } = item;
  const ids = { pk: String(pk), sk: String(sk), kind, state };
  const found = soundnessOf(item, now());
  switch (found.is) {
    case 'sound':
    case 'no-row':
      return;
    case 'unreadable':
      log.error('row_unreadable', { ...ids, error: found.why });
      return count('RowsUnreadable', 1);
    case 'unsound': {
      const seen = typeof revision === 'number' ? revision : undefined;
      const condition =
        seen === undefined
          ? { expression: 'attribute_exists(pk) AND attribute_not_exists(revision)' }
          : { expression: 'revision = :seen', values: { ':seen': seen } };
      const changes = { ...found.due, revision: seen === undefined ? 0 : seen + 1 };
      // Who moved it meanwhile has mended it too.
      if (!(await table.updateIf({ pk: ids.pk, sk: ids.sk }, changes, condition))) return;
      log.error('row_mended', { ...ids, why: found.why });
      return count('RowsMended', 1);
    }
    case 'overdue': {
      const { row, to, reason } = found;
      if (!(await store.move(row, { to, set: { reason } }))) return;
      log.error('row_overdue', { ...ids, to, why: reason.message });
      return count('RowsOverdue', 1);
    }
  }
}
