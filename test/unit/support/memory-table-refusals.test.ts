import { describe, expect, it } from 'vitest';
import { createMemoryTable } from '../../support/memory-table.ts';
import { startTable } from '../../support/start-table.ts';

const key = { pk: 'VIDEO#a', sk: 'VIDEO' };
const item = { ...key, revision: 7, newestSequencer: '0B', flag: false, parts: ['a'] };

describe.each([
  ['in memory', async () => createMemoryTable()],
  ['in the emulator', startTable],
] as const)('a table %s', (_where, create) => {
  it.each([
    'revision',
    'revision = ',
    'revision == :v',
    'revision = :v AND',
    'revision = :v)',
    '(revision = :v',
    'revision = :v revision = :v',
    'REVISION IN :v',
    'Attribute_Exists(revision)',
    'begins_with(revision)',
    'AND = :v',
    'revision = :v ; pk = :v',
    'state = :v',
    '((revision = :v))',
    '',
  ])('refuses the expression "%s"', async (expression) => {
    const table = await create();
    await table.putAll([item]);
    const condition = { expression, values: { ':v': 7 } };
    await expect(table.putIf(item, condition)).rejects.toThrow();
  });
});

describe('the table in memory', () => {
  it('refuses bounds that are the wrong way round', async () => {
    const table = createMemoryTable();
    const condition = { expression: 'n BETWEEN :a AND :b', values: { ':a': 2, ':b': 1 } };
    await expect(table.putIf(key, condition)).rejects.toThrow(TypeError);
  });

  it.each([
    ['size(parts) = :v', 1],
    ['contains(parts, :v)', 'a'],
    ['parts = :v', ['a']],
    ['parts[0] = :v', 'a'],
    ['map.name = :v', 'a'],
    [':v = revision', 7],
    ['flag < :v', true],
    ['revision = :v AND parts = :v', ['a']],
    ['attribute_exists(pk) OR parts = :v', ['a']],
    ['begins_with(newestSequencer, :v)', 7],
  ])('refuses %s, which it can not say', async (expression, value) => {
    const table = createMemoryTable();
    await table.putAll([item]);
    const asked = table.putIf(item, { expression, values: { ':v': value } });
    await expect(asked).rejects.toThrow(TypeError);
  });

  it('refuses inputs of a query that it does not know', async () => {
    const input = {
      KeyConditionExpression: 'pk = :v',
      ExpressionAttributeValues: { ':v': 'a' },
    };
    const table = createMemoryTable();
    expect(await table.query(input)).toEqual([]);
    const filtered = { ...input, FilterExpression: 'attribute_exists(a)' };
    await expect(table.query(filtered)).rejects.toThrow(TypeError);
  });
});
