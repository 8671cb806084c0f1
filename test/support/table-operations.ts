import * as fc from 'fast-check';
import type { Condition, Item, Table } from '../../shared/store/table.ts';
import { byKey } from './store-acts.ts';
import { tableIndexes } from './table-indexes.ts';

/** One operation on a table; what DynamoDB leaves open is left out of what it answers. */
export type Operation = (table: Table) => Promise<unknown>;

const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);
const pks = ['p1', 'p2'];
const sks = ['VIDEO', 'SEGMENT#p#1', 'SEGMENT#p#2', 'SEGMENT#q#1'];
export const allKeys = pks.flatMap((pk) => sks.map((sk) => ({ pk, sk })));
const keys = oneOf(...allKeys);

/** Some attributes; undefined drops them from a put, and removes them by an update. */
const attributes: fc.Arbitrary<Item> = fc.record(
  {
    revision: oneOf(0, 1, 2),
    state: oneOf('received', 'rejected', 'failed'),
    stateSince: oneOf('1', '2', '3'),
    stage: oneOf('s', 't', undefined),
    dueAt: oneOf('1', '2', '3', undefined),
    sequencer: oneOf('1', '2', '3', undefined),
    newestSequencer: oneOf('1', '2', '3'),
    etag: oneOf('a', 'b', undefined),
    holder: oneOf(1, 2, undefined),
    heldUntil: oneOf('1', '2', undefined),
    batchId: oneOf('b1', 'b2', undefined),
    customId: oneOf('c1', 'c2'),
    providerBatchId: oneOf('i1', undefined),
    definition: oneOf('d', undefined),
    queuedAt: oneOf('1', '2'),
    reason: oneOf<unknown>('r', { deep: [1, null, { a: true }] }),
  },
  { requiredKeys: [] },
);

/** The conditions of the store, whose values hit and miss. */
const conditions: fc.Arbitrary<Condition> = fc
  .record({ at: oneOf('1', '2', '3'), n: oneOf(0, 1, 2), etag: oneOf('a', 'b'), which: fc.nat(7) })
  .map(({ at, n, etag, which }) => {
    const all: Condition[] = [
      { expression: 'attribute_not_exists(pk)' },
      {
        expression: 'attribute_not_exists(revision) OR revision = :seen',
        values: { ':seen': n },
      },
      { expression: 'attribute_not_exists(revision)' },
      { expression: 'revision = :seen', values: { ':seen': n } },
      { expression: 'holder = :ours', values: { ':ours': n } },
      {
        expression: 'revision = :seen AND sequencer = :upload',
        values: { ':seen': n, ':upload': at },
      },
      {
        expression: 'attribute_not_exists(pk) OR sequencer < :sequencer',
        values: { ':sequencer': at },
      },
      {
        expression: 'attribute_not_exists(holder) OR (holder = :last AND heldUntil < :now)',
        values: { ':last': n, ':now': at },
      },
    ];
    return all[which] ?? claimOver(at, etag);
  });

function claimOver(sequencer: string, etag: string): Condition {
  return {
    expression:
      'attribute_not_exists(pk) OR ' +
      '(newestSequencer < :sequencer AND (etag <> :etag OR #state IN (:rejected, :failed)))',
    names: { '#state': 'state' },
    values: {
      ':sequencer': sequencer,
      ':etag': etag,
      ':rejected': 'rejected',
      ':failed': 'failed',
    },
  };
}

const claims = fc.tuple(oneOf('1', '2', '3'), oneOf('a', 'b')).map((it) => claimOver(...it));
const items = fc.tuple(keys, attributes).map(([key, more]): Item => ({ ...more, ...key }));
const several = fc.uniqueArray(items, { maxLength: 4, selector: ({ pk, sk }) => `${pk} ${sk}` });

const queries: fc.Arbitrary<Operation> = fc
  .record({
    index: oneOf(...tableIndexes),
    value: oneOf('s', 't', 'received', 'failed', 'b1', 'i1', 'd'),
    sign: oneOf('=', '<', '<=', '>', '>='),
    bound: fc.option(oneOf('1', '2', 'c1')),
    limit: oneOf(1, 2, Infinity),
    forward: oneOf(true, false, undefined),
  })
  .map(({ index: { name, hash, range }, value, sign, bound, limit, forward }) => async (table) => {
    const bounded = range !== undefined && bound !== null;
    const found = await table.query(
      {
        IndexName: name,
        KeyConditionExpression: `#h = :h${bounded ? ` AND ${range} ${sign} :r` : ''}`,
        ExpressionAttributeNames: { '#h': hash },
        ExpressionAttributeValues: { ':h': value, ...(bounded && { ':r': bound }) },
        ...(forward !== undefined && { ScanIndexForward: forward }),
      },
      limit,
    );
    // Which of those with equal sort keys come first is open, and so who is cut off.
    const sortKeys = found.map((item) => range && item[range]);
    const isSure = (at: number) => found.length < limit || sortKeys[at] !== sortKeys.at(-1);
    return { sortKeys, sure: byKey(found.filter((_, at) => isSure(at))) };
  });

/** Single operations on few keys, with the expressions of the store. */
export const operations: fc.Arbitrary<Operation> = fc.oneof(
  fc.tuple(items, fc.oneof(conditions, claims)).map(([item, condition]): Operation => {
    return (table) => table.putIf(item, condition);
  }),
  fc.tuple(keys, attributes, conditions).map(([key, changes, condition]): Operation => {
    return (table) => table.updateIf(key, changes, condition);
  }),
  several.map(
    (all): Operation =>
      (table) =>
        table.putAll(all),
  ),
  fc.subarray(allKeys, { maxLength: 2 }).map(
    (all): Operation =>
      (table) =>
        table.deleteAll(all),
  ),
  keys.map(
    (key): Operation =>
      (table) =>
        table.get(key),
  ),
  queries,
  oneOf(...pks).map((pk): Operation => {
    return (table) =>
      table.query({
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pk': pk, ':prefix': 'SEGMENT#p#' },
      });
  }),
);
