import { describe, expect, it } from 'vitest';
import type { Item, Table } from '../../../shared/store/table.ts';
import { createMemoryTable } from '../../support/memory-table.ts';
import { startTable } from '../../support/start-table.ts';

type Query = Parameters<Table['query']>[0];

const query = (expression: string, values: Item, more: Partial<Query> = {}): Query => ({
  KeyConditionExpression: expression,
  ExpressionAttributeValues: values,
  ...more,
});

const due = (expression: string, values: Item, more: Partial<Query> = {}): Query =>
  query(
    `#stage = :stage AND ${expression}`,
    { ':stage': 's', ...values },
    {
      IndexName: 'due',
      ExpressionAttributeNames: { '#stage': 'stage' },
      ...more,
    },
  );

const sortKeys = (items: readonly Item[]) => items.map(({ sk }) => sk);

describe.each([
  ['in memory', async () => createMemoryTable()],
  ['in the emulator', startTable],
] as const)('a table %s', (_where, create) => {
  it('finds the items of a partition in the order of their sort keys', async () => {
    const table = await create();
    // In the order of their UTF-8, not of their UTF-16.
    const names = ['', '#', '#1', '#10', '#2', 'A', 'a', 'ä', 'ﬀ', '😀'].map((it) => `S${it}`);
    await table.putAll(names.toReversed().map((sk) => ({ pk: 'p', sk })));
    await table.putAll([{ pk: 'other', sk: 'S#1' }]);
    const find = async (condition: string, values: Item, limit?: number, forward?: boolean) => {
      const more = forward === undefined ? {} : { ScanIndexForward: forward };
      const input = query(`pk = :p${condition}`, { ':p': 'p', ...values }, more);
      return sortKeys(await table.query(input, limit));
    };
    expect(await find('', {})).toEqual(names);
    expect(await find('', {}, 3)).toEqual(names.slice(0, 3));
    expect(await find('', {}, 3, false)).toEqual(names.toReversed().slice(0, 3));
    expect(await find(' AND begins_with(sk, :v)', { ':v': 'S#' })).toEqual(names.slice(1, 5));
    expect(await find(' AND begins_with(sk, :v)', { ':v': 'S#' }, 2)).toEqual(names.slice(1, 3));
    expect(await find(' AND begins_with(sk, :v)', { ':v': 'S#3' })).toEqual([]);
    expect(await find(' AND sk = :v', { ':v': 'S#1' })).toEqual(['S#1']);
    expect(await find(' AND sk < :v', { ':v': 'S#1' })).toEqual(['S', 'S#']);
    expect(await find(' AND sk <= :v', { ':v': 'S#1' })).toEqual(['S', 'S#', 'S#1']);
    expect(await find(' AND sk > :v', { ':v': 'Sä' })).toEqual(['Sﬀ', 'S😀']);
    expect(await find(' AND sk >= :v', { ':v': 'Sﬀ' })).toEqual(['Sﬀ', 'S😀']);
    expect(await find(' AND sk BETWEEN :a AND :b', { ':a': 'S#10', ':b': 'SA' })).toEqual([
      'S#10',
      'S#2',
      'SA',
    ]);
    expect(await table.query(query('pk = :p', { ':p': 'none' }))).toEqual([]);
    expect(await table.query(query('sk = :s AND pk = :p', { ':p': 'p', ':s': 'S' }))).toHaveLength(
      1,
    );
  });

  it('finds in an index what has its keys, as it is now', async () => {
    const table = await create();
    const row = (sk: string, stage?: string, dueAt?: string) => ({ pk: 'p', sk, stage, dueAt });
    await table.putAll([row('a', 's', '3'), row('b', 's', '1'), row('c', 's'), row('d', 't', '1')]);
    await table.putAll([row('e', 's', '2'), row('f', undefined, '1')]);
    const find = async (limit?: number) =>
      sortKeys(await table.query(due('dueAt <= :at', { ':at': '3' }), limit));
    expect(await find()).toEqual(['b', 'e', 'a']);
    expect(await find(2)).toEqual(['b', 'e']);
    const exists = { expression: 'attribute_exists(pk)' };
    await table.updateIf({ pk: 'p', sk: 'b' }, { dueAt: '4' }, exists);
    await table.updateIf({ pk: 'p', sk: 'e' }, { stage: 't' }, exists);
    await table.updateIf({ pk: 'p', sk: 'c' }, { dueAt: '0', note: 'n' }, exists);
    expect(await find()).toEqual(['c', 'a']);
    const values = { values: { ':p': 'p' } };
    const present = { expression: 'pk = :p', ...values };
    await table.updateIf({ pk: 'p', sk: 'c' }, { dueAt: undefined }, present);
    await table.putIf({ pk: 'p', sk: 'a', stage: 's' }, exists);
    await table.deleteAll([{ pk: 'p', sk: 'b' }]);
    expect(await find()).toEqual([]);
    expect(await table.query(due('dueAt > :at', { ':at': '3' }))).toEqual([]);
  });

  it('answers of an index what it holds', async () => {
    const table = await create();
    const keys = { pk: 'p', sk: 's' };
    const state = { state: 'x', stateSince: '1' };
    const held = { stage: 's', dueAt: '1', definition: 'd', queuedAt: '1', kind: 'k' };
    const ids = { batchId: 'b', customId: 'c', providerBatchId: 'i' };
    const whole = { ...keys, ...state, ...held, ...ids, other: { deep: [1] } };
    await table.putAll([whole]);
    const find = (IndexName: string, attribute: string, value: string) => {
      const ExpressionAttributeNames = { '#it': attribute };
      return table.query(
        query('#it = :v', { ':v': value }, { IndexName, ExpressionAttributeNames }),
      );
    };
    expect(await find('due', 'stage', 's')).toStrictEqual([whole]);
    expect(await find('segments', 'definition', 'd')).toStrictEqual([whole]);
    expect(await find('state', 'state', 'x')).toStrictEqual([{ ...keys, ...state, kind: 'k' }]);
    const inBatch = { ...keys, batchId: 'b', customId: 'c' };
    expect(await find('batch', 'batchId', 'b')).toStrictEqual([inBatch]);
    expect(await find('provider-batch', 'providerBatchId', 'i')).toStrictEqual([
      { ...keys, providerBatchId: 'i' },
    ]);
  });

  it('refuses queries that are none', async () => {
    const table = await create();
    const refused: [Query, number?][] = [
      [query('sk = :v', { ':v': 'a' })],
      [query('pk > :v', { ':v': 'a' })],
      [query('pk = :v', { ':v': 7 })],
      [query('pk = :v AND sk <> :v', { ':v': 'a' })],
      [query('pk = :v AND other = :v', { ':v': 'a' })],
      [query('pk = :v OR pk = :v', { ':v': 'a' })],
      [query('pk = :v AND attribute_exists(sk)', { ':v': 'a' })],
      [query('pk = :v AND sk < :v AND sk > :v', { ':v': 'a' })],
      [query('pk = :v', { ':v': 'a', ':unused': 'a' })],
      [query('pk = :v', { ':v': 'a' }, { IndexName: 'none' })],
      [due('dueAt <= :at', { ':at': 'a' }, { ConsistentRead: true })],
      [query('pk = :v', { ':v': 'a' }), 0],
    ];
    for (const [input, limit] of refused) {
      await expect(table.query(input, limit), JSON.stringify(input)).rejects.toThrow();
    }
  });
});
