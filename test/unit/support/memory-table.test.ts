import { describe, expect, it } from 'vitest';
import { type Item, type Table, UnstorableError } from '../../../shared/store/table.ts';
import { createMemoryTable } from '../../support/memory-table.ts';
import { startTable } from '../../support/start-table.ts';

const key = { pk: 'VIDEO#a', sk: 'VIDEO' };
const isNew = { expression: 'attribute_not_exists(pk)' };
const seen = (revision: number) => ({
  expression: 'revision = :seen',
  values: { ':seen': revision },
});

async function tableWith(create: () => Promise<Table>, ...items: Item[]): Promise<Table> {
  const table = await create();
  await table.putAll(items);
  return table;
}

describe.each([
  ['in memory', async () => createMemoryTable()],
  ['in the emulator', startTable],
] as const)('a table %s', (_where, create) => {
  it('keeps what was put, without what is undefined, however deep', async () => {
    const table = await create();
    const item = { ...key, gone: undefined, list: [1, undefined, null], map: { in: { a: true } } };
    expect(await table.putIf({ ...item, map: { ...item.map, out: undefined } }, isNew)).toBe(true);
    const kept = { ...key, list: [1, null], map: { in: { a: true } } };
    expect(await table.get(key)).toStrictEqual(kept);
    expect(await table.getMany([{ ...key, sk: 'OTHER' }, key])).toStrictEqual([kept]);
    expect(await table.get({ ...key, pk: 'VIDEO#b' })).toBeUndefined();
    expect(await table.getMany([])).toEqual([]);
  });

  it('shares nothing with those who put and those who got', async () => {
    const put = { ...key, stage: 's', dueAt: '1', list: [{ a: 1 }] };
    const table = await tableWith(create, put);
    const change = { note: { b: 1 } };
    await table.updateIf(key, change, { expression: 'attribute_exists(pk)' });
    const query = {
      IndexName: 'due',
      KeyConditionExpression: 'stage = :stage',
      ExpressionAttributeValues: { ':stage': 's' },
    };
    const answers = [await table.get(key), ...(await table.getMany([key]))];
    answers.push(...(await table.query(query)));
    for (const given of [put, change, ...answers] as Record<string, unknown>[]) {
      for (const nested of [given['list'], given['note']]) Object.assign(nested ?? {}, { 0: 'x' });
      given['stage'] = 'changed';
    }
    const kept = { ...key, stage: 's', dueAt: '1', list: [{ a: 1 }], note: { b: 1 } };
    expect(await table.get(key)).toStrictEqual(kept);
    expect(await table.query(query)).toStrictEqual([kept]);
  });

  it('replaces a whole item where its condition holds, and nothing where it does not', async () => {
    const table = await tableWith(create, { ...key, revision: 1, old: true });
    expect(await table.putIf({ ...key, revision: 2 }, isNew)).toBe(false);
    expect(await table.putIf({ ...key, revision: 2 }, seen(2))).toBe(false);
    expect(await table.get(key)).toStrictEqual({ ...key, revision: 1, old: true });
    expect(await table.putIf({ ...key, revision: 2 }, seen(1))).toBe(true);
    expect(await table.get(key)).toStrictEqual({ ...key, revision: 2 });
  });

  it('sets and removes attributes where a condition holds, and leaves the others', async () => {
    const table = await tableWith(create, { ...key, revision: 1, a: 1, b: 2, c: 3 });
    const changes = { a: { deep: [undefined, 4] }, b: undefined, none: undefined, revision: 2 };
    expect(await table.updateIf(key, changes, seen(2))).toBe(false);
    expect(await table.get(key)).toStrictEqual({ ...key, revision: 1, a: 1, b: 2, c: 3 });
    expect(await table.updateIf(key, changes, seen(1))).toBe(true);
    expect(await table.get(key)).toStrictEqual({ ...key, revision: 2, a: { deep: [4] }, c: 3 });
  });

  it('makes the item that an update finds missing, where the condition holds for none', async () => {
    const table = await create();
    expect(await table.updateIf(key, { revision: 1, no: undefined }, seen(1))).toBe(false);
    expect(await table.get(key)).toBeUndefined();
    expect(await table.updateIf(key, { revision: 1, no: undefined }, isNew)).toBe(true);
    expect(await table.get(key)).toStrictEqual({ ...key, revision: 1 });
  });

  it('puts and deletes more items than fit a call', async () => {
    const table = await create();
    const items = Array.from({ length: 130 }, (_, at) => ({ pk: 'many', sk: `#${at}`, at }));
    await table.putAll(items);
    expect(await table.getMany(items)).toHaveLength(130);
    await table.deleteAll([...items.slice(0, 100), { pk: 'many', sk: 'none' }]);
    const left = (await table.getMany(items)).map((item) => Number(item['at']));
    expect(left.sort((a, b) => a - b)).toEqual(items.slice(100).map(({ at }) => at));
  });

  it('refuses what can never be stored, and stores nothing of that call', async () => {
    const table = await create();
    const wrong = [
      { pk: 'VIDEO#a' },
      { ...key, sk: '' },
      { ...key, sk: 7 },
      { ...key, pk: 'p'.repeat(2_049) },
      { ...key, sk: 's'.repeat(1_025) },
      { ...key, stage: 's', dueAt: 7 },
      { ...key, stage: null },
    ];
    for (const item of wrong) {
      await expect(table.putIf(item, isNew)).rejects.toThrow(UnstorableError);
      await expect(table.putAll([{ pk: 'ok', sk: 'ok' }, item])).rejects.toThrow(UnstorableError);
    }
    await expect(table.putAll([key, key])).rejects.toThrow(UnstorableError);
    await expect(table.deleteAll([key, key])).rejects.toThrow(UnstorableError);
    await expect(table.updateIf(key, { dueAt: 7 }, isNew)).rejects.toThrow(UnstorableError);
    expect(await table.getMany([key, { pk: 'ok', sk: 'ok' }])).toEqual([]);
    await table.putAll([{ pk: 'p'.repeat(2_048), sk: 's'.repeat(1_024) }]);
  });

  it('refuses what no code should ask', async () => {
    const table = await tableWith(create, { ...key, revision: 1 });
    const exists = { expression: 'attribute_exists(pk)' };
    await expect(table.updateIf(key, {}, seen(1))).rejects.toThrow();
    await expect(table.updateIf(key, { sk: 'OTHER' }, seen(1))).rejects.toThrow();
    await expect(table.updateIf(key, { revision: undefined }, exists)).rejects.toThrow();
    await expect(table.putIf(key, { ...exists, values: {} })).rejects.toThrow();
    await expect(table.putIf(key, { ...exists, values: { ':a': 1 } })).rejects.toThrow();
    await expect(table.putIf(key, { ...exists, names: { '#a': 'a' } })).rejects.toThrow();
    await expect(table.putIf(key, { expression: 'revision = :seen' })).rejects.toThrow();
    await expect(table.putIf(key, { expression: '#a = :seen' })).rejects.toThrow();
    await expect(table.putIf({ ...key, n: Number.NaN }, exists)).rejects.toThrow();
    await expect(table.putIf({ ...key, n: 2 ** 53 }, exists)).rejects.toThrow();
    await expect(table.putIf({ ...key, at: new Date() }, exists)).rejects.toThrow();
    await expect(table.get({ ...key, sk: '' })).rejects.toThrow();
    await expect(table.getMany([key, key])).rejects.toThrow();
    expect(await table.get(key)).toStrictEqual({ ...key, revision: 1 });
  });
});
