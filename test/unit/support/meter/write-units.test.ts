import { describe, expect, it } from 'vitest';
import { type Item, itemBytes } from '../../../support/meter/item-bytes.ts';
import { entryOf, indexUnits, tableUnits } from '../../../support/meter/write-units.ts';

const key = (...names: string[]) => names.map((AttributeName) => ({ AttributeName }));
const due = {
  IndexName: 'due',
  KeySchema: key('stage', 'dueAt'),
  Projection: { ProjectionType: 'ALL' },
};
const byProfile = {
  IndexName: 'profile',
  KeySchema: key('profile'),
  Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['kind'] },
};
const table = { KeySchema: key('pk', 'sk'), GlobalSecondaryIndexes: [due, byProfile] };

function row(fields: Readonly<Record<string, string>>): Item {
  const all = { pk: 'p', sk: 's', ...fields };
  return Object.fromEntries(Object.entries(all).map(([name, S]) => [name, { S }]));
}

describe('a row has as many bytes as DynamoDB counts', () => {
  it.each<[Item, number]>([
    [{ a: { S: 'xyz' } }, 1 + 3],
    [{ a: { S: 'größe' } }, 1 + 7],
    [{ n: { N: '1700000000000' } }, 1 + 2],
    [{ n: { N: '-12.5' } }, 1 + 4],
    [{ is: { BOOL: true } }, 2 + 1],
    [{ l: { L: [{ S: 'ab' }, { N: '1' }] } }, 1 + 3 + (1 + 2) + (1 + 2)],
    [{ m: { M: { name: { S: 'ab' } } } }, 1 + 3 + (1 + 4 + 2)],
  ])('%j: %i', (item, bytes) => {
    expect(itemBytes(item)).toBe(bytes);
  });
});

describe('a write costs the table', () => {
  it('one unit a KB begun, of the row before or after it, whichever is larger', () => {
    const large = row({ text: 'x'.repeat(2_100) });
    expect(tableUnits({ before: row({}), after: large })).toBe(3);
    expect(tableUnits({ before: large, after: row({}) })).toBe(3);
    expect(tableUnits({ before: undefined, after: row({}) })).toBe(1);
  });
});

describe('a write costs an index', () => {
  const waiting = row({ stage: 'a', dueAt: '1', profile: 'summary', kind: 'analysis' });
  const later = row({ stage: 'a', dueAt: '2', profile: 'summary', kind: 'analysis' });
  const done = row({ profile: 'summary', kind: 'analysis' });
  const units = (before: Item | undefined, after: Item | undefined) =>
    [due, byProfile].map((index) => indexUnits({ before, after }, table, index));

  it('one unit for an entry that comes or goes', () => {
    expect(units(undefined, waiting)).toEqual([1, 1]);
    expect(units(waiting, done)).toEqual([1, 0]);
  });

  it('two for an entry whose key changes, since it is deleted and put', () => {
    expect(units(waiting, later)).toEqual([2, 0]);
  });

  it('one where only what it holds beside the key changes, none where nothing of it does', () => {
    const renamed = { ...waiting, kind: { S: 'other' } };
    expect(units(waiting, renamed)).toEqual([1, 1]);
    expect(units(done, { ...done, text: { S: 'more' } })).toEqual([0, 0]);
  });

  it('nothing where a row lacks its key, and equal values are equal however they were made', () => {
    expect(entryOf(done, table, due)).toBeUndefined();
    const copied = Object.fromEntries(
      Object.entries(waiting).map(([name, it]) => [name, Object.assign(Object.create(null), it)]),
    ) as Item;
    expect(units(waiting, copied)).toEqual([0, 0]);
  });

  it('what its entries have, not what the row has', () => {
    const large = { ...done, text: { S: 'x'.repeat(5_000) } };
    expect(units(undefined, large)).toEqual([0, 1]);
  });
});
