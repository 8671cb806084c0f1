import type { RowKey } from '../../shared/store/keys.ts';
import type { Item, Table } from '../../shared/store/table.ts';
import {
  checkAsked,
  checkChanges,
  checkDistinct,
  checkQuery,
  writtenKey,
} from './memory-table/check-requests.ts';
import { conditionHolds } from './memory-table/condition-expression.ts';
import { keyConditionOf } from './memory-table/key-condition.ts';
import { MemoryIndex } from './memory-table/memory-index.ts';
import { RowsByKey } from './memory-table/rows-by-key.ts';
import { answeredCopy, storedCopy, updatedItem } from './memory-table/stored-values.ts';
import { tableIndexes } from './table-indexes.ts';

/** A table that can be looked into. */
export interface MemoryTable extends Table {
  /** How many items there are. */
  readonly size: number;
  /** Copies of all items, in no order. */
  all(): Item[];
}

const KEYS_PER_GET = 100;
const ITEMS_PER_PAGE = 50;
const ITEMS_PER_WRITE = 25;

/**
 * The pipeline's table with its indexes, in memory: answers as DynamoDB does, for tests that ask
 * hundreds of thousands of times. Each operation happens at once and whole when it is called; what
 * is put is copied, and so is what is answered.
 *
 * Not as in DynamoDB: an index knows at once what the table knows, and orders what has equal sort
 * keys by who was there first. There is no limit to an item's size or depth (no UnstorableError
 * above 400 KB), and nothing is throttled. What DynamoDB would refuse for the code's sake and not
 * the item's is a TypeError; so is an expression, or a value, that only this table does not know.
 */
export function createMemoryTable(): MemoryTable {
  const primary = new MemoryIndex({ name: '', hash: 'pk', range: 'sk', projected: 'all' });
  const indexes = [primary, ...tableIndexes.map((definition) => new MemoryIndex(definition))];
  const rows = new RowsByKey();

  return {
    async get(key) {
      checkAsked([key]);
      const item = itemAt(key);
      return item && answeredCopy(item);
    },

    async getMany(keys) {
      for (const asked of chunksOf(keys, KEYS_PER_GET)) checkAsked(asked);
      return keys.map(itemAt).flatMap((item) => (item ? [answeredCopy(item)] : []));
    },

    query: async (input, limit) => find(input, limit),

    async queryPage(input, limit, from) {
      const start = Number(from?.['start'] ?? 0);
      const all = find(input);
      const end = start + Math.min(limit, all.length);
      return { items: all.slice(start, end), ...(end < all.length && { next: { start: end } }) };
    },

    async count(input, limit) {
      return find(input, limit).length;
    },

    async page(from) {
      const all = rows.all().map(({ item }) => item);
      const keyOf = ({ pk, sk }: Item) => `${pk}\0${sk}`;
      const sorted = all.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
      const left = from ? sorted.filter((item) => keyOf(item) > keyOf({ ...from })) : sorted;
      const items = left.slice(0, ITEMS_PER_PAGE).map(answeredCopy);
      const last = left.length > items.length ? items.at(-1) : undefined;
      return { items, ...(last && { next: { pk: String(last['pk']), sk: String(last['sk']) } }) };
    },

    async putIf(item, { expression, names, values }) {
      const key = writtenKey(item);
      const next = storedCopy(item);
      if (!conditionHolds(itemAt(key), expression, { names, values })) return false;
      write(key, next);
      return true;
    },

    async updateIf({ pk, sk }, changes, condition) {
      const key = writtenKey({ pk, sk });
      checkChanges(changes, condition);
      const present = itemAt(key);
      const next = updatedItem(present ?? { pk, sk }, changes);
      // Like createTable, which has no use for the names of the condition.
      const { expression, values } = condition;
      if (!conditionHolds(present, expression, { values })) return false;
      write(key, next);
      return true;
    },

    async putAll(items) {
      for (const chunk of chunksOf(items, ITEMS_PER_WRITE)) {
        const keys = chunk.map(writtenKey);
        checkDistinct(keys);
        const copies = chunk.map(storedCopy);
        for (const [at, key] of keys.entries()) write(key, copies[at] ?? {});
      }
    },

    async deleteAll(keys) {
      for (const chunk of chunksOf(keys, ITEMS_PER_WRITE)) {
        const deleted = chunk.map(({ pk, sk }) => writtenKey({ pk, sk }));
        checkDistinct(deleted);
        for (const key of deleted) write(key, {});
      }
    },

    get size() {
      return rows.size;
    },

    all: () => rows.all().map(({ item }) => answeredCopy(item)),
  };

  function find(input: Parameters<Table['query']>[0], limit = Infinity): Item[] {
    checkQuery(input, limit);
    const { IndexName: name = '', KeyConditionExpression: expression = '' } = input;
    const index = indexes.find(({ definition }) => definition.name === name);
    if (!index) throw new TypeError(`the table has no index ${name}`);
    const condition = keyConditionOf(
      expression,
      { names: input.ExpressionAttributeNames, values: input.ExpressionAttributeValues },
      index.definition,
    );
    return index
      .find(condition, limit, input.ScanIndexForward ?? true)
      .map(({ item }) => answeredCopy(index.project(item)));
  }

  function itemAt(key: RowKey): Item | undefined {
    return rows.at(key)?.item;
  }

  /** Replaces what is at the key; by nothing, where the item has no attributes. */
  function write(key: RowKey, item: Item): void {
    const row = rows.at(key) ?? rows.add(key);
    const moved = indexes.filter((index) => index.isMovedBy(row.item, item));
    for (const index of moved) index.remove(row);
    row.item = item;
    for (const index of moved) index.add(row);
    if (item['pk'] === undefined) rows.remove(key);
  }
}

function chunksOf<T>(all: readonly T[], size: number): T[][] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, at) => all.slice(at * size, (at + 1) * size));
}
