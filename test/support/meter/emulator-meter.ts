/**
 * Preloaded into the process of the emulators: counts what AWS would bill of the requests that come
 * in, and tells it when it is asked to (`take-meter`).
 */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { type Item, itemBytes } from './item-bytes.ts';
import type { EmulatorReading } from './readings.ts';
import { requestName, requestUnits } from './request-name.ts';
import { entryOf, indexUnits, type TableDescription, tableUnits } from './write-units.ts';

/** DynamoDB's own for each entry of an index. */
const ENTRY_OVERHEAD_BYTES = 100;

interface Reading {
  readonly TableName: string;
  readonly ConsistentRead?: boolean;
  ReturnConsumedCapacity?: string;
}

type Done = (error: unknown, result?: { ConsumedCapacity?: { CapacityUnits: number } }) => void;

/** The inside of dynalite through which every read and write goes; its modules call it by name. */
interface Database {
  updateIndexes(
    store: object,
    table: TableDescription,
    before: Item,
    after: Item,
    done: Done,
  ): void;
  checkConditional(data: { Key?: Item; Item?: Item }, existing?: Item): unknown;
  addConsumedCapacity(data: Reading, isRead: boolean, item?: Item, old?: Item): unknown;
  queryTable(store: object, table: object, data: Reading, ...more: unknown[]): void;
}

const database = createRequire(import.meta.url)('dynalite/db/index.js') as Database;
const { updateIndexes, checkConditional, addConsumedCapacity, queryTable } = database;

const requests: Record<string, number> = {};
const writes: Record<string, { count: number; tableUnits: number; indexUnits: number }> = {};
const stored: Record<string, { rows: number; tableBytes: number; indexBytes: number }> = {};
const results = { rows: 0, bytes: 0, bytesWithout: 0 };
let readUnits = 0;

database.updateIndexes = (store, table, before, after, done) => {
  noteWrite(table, before, after);
  updateIndexes(store, table, before, after, done);
};
database.checkConditional = (data, existing) => {
  const refusal = checkConditional(data, existing);
  // Paid like a write of what is there.
  if (refusal) {
    add(
      `${kindOf(data.Key ?? data.Item)} refused`,
      tableUnits({ before: existing, after: existing }),
      0,
    );
  }
  return refusal;
};
database.addConsumedCapacity = (data, isRead, item, old) => {
  if (isRead) readUnits += (item ? Math.ceil(itemBytes(item) / 4096) : 1) * weight(data);
  return addConsumedCapacity(data, isRead, item, old);
};
database.queryTable = (store, table, data, ...more) => {
  const done = more.pop() as Done;
  queryTable(store, table, { ...data, ReturnConsumedCapacity: 'TOTAL' }, ...more, ((
    error,
    result,
  ) => {
    readUnits += Math.max(weight(data), result?.ConsumedCapacity?.CapacityUnits ?? 0);
    done(error, result);
  }) satisfies Done);
};

subscribe('http.server.request.start', (message) => {
  const { request } = message as { request: IncomingMessage };
  const name = requestName(request.method ?? '', request.url ?? '', request.headers);
  requests[name] = (requests[name] ?? 0) + requestUnits(name, request.headers);
});

process.on('message', ({ name, sequence }: { name?: string; sequence?: number }) => {
  if (name !== 'take-meter') return;
  const value: EmulatorReading = { requests, writes, stored, results, readUnits };
  process.send?.({ type: 'reply', sequence, value });
});
process.channel?.unref();

function noteWrite(
  table: TableDescription,
  before: Item | undefined,
  after: Item | undefined,
): void {
  const indexes = table.GlobalSecondaryIndexes ?? [];
  const write = { before, after };
  const inIndexes = indexes.reduce((sum, it) => sum + indexUnits(write, table, it), 0);
  const kind = kindOf(after ?? before);
  const [from, to] = [stateOf(before), stateOf(after)];
  add(`${kind} ${from === to ? `${to} again` : `${from} to ${to}`}`, tableUnits(write), inIndexes);
  stored[kind] ??= { rows: 0, tableBytes: 0, indexBytes: 0 };
  const kept = stored[kind];
  for (const [item, sign] of [
    [before, -1],
    [after, 1],
  ] as const) {
    if (!item) continue;
    kept.rows += sign;
    kept.tableBytes += sign * itemBytes(item);
    for (const index of indexes) {
      const entry = entryOf(item, table, index);
      if (entry) kept.indexBytes += sign * (itemBytes(entry) + ENTRY_OVERHEAD_BYTES);
    }
  }
  if (kind === 'analysis' && after?.['result']) {
    const { result, ...others } = after;
    results.rows += 1;
    results.bytes += itemBytes({ result });
    results.bytesWithout += itemBytes(others);
  }
}

function add(what: string, ofTable: number, ofIndexes: number): void {
  writes[what] ??= { count: 0, tableUnits: 0, indexUnits: 0 };
  const write = writes[what];
  write.count += 1;
  write.tableUnits += ofTable;
  write.indexUnits += ofIndexes;
}

/** An eventually consistent read costs half. */
function weight({ ConsistentRead: isConsistent }: Reading): number {
  return isConsistent ? 1 : 0.5;
}

function kindOf(item: Item | undefined): string {
  return (/^[A-Z]+/.exec(String(item?.['sk']?.['S'] ?? ''))?.[0] ?? 'row').toLowerCase();
}

function stateOf(item: Item | undefined): string {
  return item ? String(item['state']?.['S'] ?? 'kept') : 'none';
}
