import { type Item, itemBytes } from './item-bytes.ts';

interface Key {
  readonly AttributeName: string;
}

/** An index, as DynamoDB describes it. */
export interface Index {
  readonly IndexName: string;
  readonly KeySchema: readonly Key[];
  readonly Projection: {
    readonly ProjectionType: string;
    readonly NonKeyAttributes?: readonly string[];
  };
}

/** A table, as DynamoDB describes it. */
export interface TableDescription {
  readonly KeySchema: readonly Key[];
  readonly GlobalSecondaryIndexes?: readonly Index[];
}

/** A row before and after a write; without the one it was put, without the other deleted. */
export interface Write {
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

/** What of a row an index holds; nothing where the row lacks a key of it. */
export function entryOf(
  item: Item | undefined,
  { KeySchema: tableKeys }: TableDescription,
  { KeySchema: keys, Projection: { ProjectionType: type, NonKeyAttributes: more = [] } }: Index,
): Item | undefined {
  if (!item || keys.some(({ AttributeName: name }) => item[name] === undefined)) return undefined;
  if (type === 'ALL') return item;
  const names = new Set([...tableKeys, ...keys].map((it) => it.AttributeName).concat(more));
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}

/** Write units of the table: one a KB begun of the larger of the two. */
export function tableUnits({ before, after }: Write): number {
  return Math.max(units(before), units(after));
}

/**
 * Write units of an index: none where nothing changes that it holds, two entries' where a key does.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
 */
export function indexUnits(
  { before, after }: Write,
  table: TableDescription,
  index: Index,
): number {
  const [old, next] = [entryOf(before, table, index), entryOf(after, table, index)];
  if (!old || !next) return old || next ? units(old ?? next) : 0;
  const names = [...new Set([...Object.keys(old), ...Object.keys(next)])];
  const changed = names.filter((it) => JSON.stringify(old[it]) !== JSON.stringify(next[it]));
  const hasMoved = index.KeySchema.some(({ AttributeName: it }) => changed.includes(it));
  if (hasMoved) return units(old) + units(next);
  return changed.length === 0 ? 0 : Math.max(units(old), units(next));
}

/** At least one: a write of nothing costs one too. */
function units(item: Item | undefined): number {
  return Math.max(1, Math.ceil((item ? itemBytes(item) : 0) / 1024));
}
