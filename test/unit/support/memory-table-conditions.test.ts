import { describe, expect, it } from 'vitest';
import type { Item } from '../../../shared/store/table.ts';
import { createMemoryTable } from '../../support/memory-table.ts';
import { startTable } from '../../support/start-table.ts';

const key = { pk: 'VIDEO#a', sk: 'VIDEO' };
const item = {
  ...key,
  revision: 7,
  state: 'failed',
  newestSequencer: '0B',
  flag: false,
  nothing: null,
  parts: ['a'],
};
const names = { '#state': 'state' };

const claim =
  'attribute_not_exists(pk) OR ' +
  '(newestSequencer < :sequencer AND (etag <> :etag OR #state IN (:rejected, :failed)))';
const claimed = (sequencer: string, etag: string, failed = 'failed') => ({
  ':sequencer': sequencer,
  ':etag': etag,
  ':rejected': 'rejected',
  ':failed': failed,
});

/** A condition, and whether it holds for the item above. */
const conditions: readonly [expression: string, values: Item | undefined, holds: boolean][] = [
  ['attribute_exists(revision)', undefined, true],
  ['attribute_exists(absent)', undefined, false],
  ['attribute_not_exists(absent)', undefined, true],
  ['attribute_not_exists(nothing)', undefined, false],
  ['attribute_not_exists(flag)', undefined, false],
  ['revision = :v', { ':v': 7 }, true],
  ['revision = :v', { ':v': '7' }, false],
  ['revision <> :v', { ':v': 7 }, false],
  ['revision <> :v', { ':v': '7' }, true],
  ['absent = :v', { ':v': 7 }, false],
  ['absent = :v', { ':v': null }, false],
  ['absent <> :v', { ':v': 7 }, true],
  ['absent < :v', { ':v': 7 }, false],
  ['absent >= :v', { ':v': 7 }, false],
  ['nothing = :v', { ':v': null }, true],
  ['flag = :v', { ':v': false }, true],
  ['flag = :v', { ':v': 0 }, false],
  ['parts <> :v', { ':v': 'a' }, true],
  ['revision < :v', { ':v': 10 }, true],
  ['revision < :v', { ':v': 7 }, false],
  ['revision < :v', { ':v': '8' }, false],
  ['revision <= :v', { ':v': 7 }, true],
  ['revision > :v', { ':v': 6.5 }, true],
  ['revision > :v', { ':v': 7 }, false],
  ['revision >= :v', { ':v': 7 }, true],
  ['revision >= :v', { ':v': '1' }, false],
  ['newestSequencer < :v', { ':v': '0B0' }, true],
  ['newestSequencer < :v', { ':v': '0b' }, true],
  ['newestSequencer < :v', { ':v': '0A' }, false],
  ['newestSequencer > :v', { ':v': '' }, true],
  ['newestSequencer <= :v', { ':v': '0B' }, true],
  ['revision BETWEEN :a AND :b', { ':a': 7, ':b': 8 }, true],
  ['revision BETWEEN :a AND :b', { ':a': 8, ':b': 9 }, false],
  ['absent BETWEEN :a AND :b', { ':a': 7, ':b': 8 }, false],
  ['newestSequencer between :a and :b', { ':a': '0A', ':b': '0B' }, true],
  ['newestSequencer BETWEEN :a AND :b', { ':a': '0', ':b': '0A' }, false],
  ['begins_with(newestSequencer, :v)', { ':v': '0' }, true],
  ['begins_with(newestSequencer, :v)', { ':v': 'B' }, false],
  ['begins_with(revision, :v)', { ':v': '7' }, false],
  ['begins_with(absent, :v)', { ':v': '' }, false],
  ['revision IN (:a)', { ':a': 7 }, true],
  ['revision IN (:a, :b)', { ':a': '7', ':b': 8 }, false],
  ['absent IN (:a)', { ':a': null }, false],
  ['NOT revision = :v', { ':v': 7 }, false],
  ['NOT absent = :v', { ':v': 7 }, true],
  ['NOT revision = :v OR revision = :v', { ':v': 7 }, true],
  ['NOT (revision = :v OR revision = :v)', { ':v': 7 }, false],
  // AND binds more tightly than OR, whichever comes first.
  ['revision = :v OR revision = :v AND absent = :v', { ':v': 7 }, true],
  ['(revision = :v OR revision = :v) AND absent = :v', { ':v': 7 }, false],
  ['absent = :v AND absent = :v or revision = :v', { ':v': 7 }, true],
  ['revision=:v', { ':v': 7 }, true],
];

const tables = [
  ['in memory', async () => createMemoryTable()],
  ['in the emulator', startTable],
] as const;

describe.each(tables)('a table %s', (_where, create) => {
  it('says of every condition whether it holds', async () => {
    const table = await create();
    await table.putAll([item]);
    for (const [expression, values, holds] of conditions) {
      const condition = {
        expression,
        ...(values && { values }),
        ...(expression.includes('#state') && { names }),
      };
      expect(await table.putIf(item, condition), expression).toBe(holds);
    }
  });

  it('claims over what ended without success, or has other bytes, and only by what is newer', async () => {
    const table = await create();
    const row = { ...item, etag: 'same' };
    const put = (values: Item) => table.putIf(row, { expression: claim, names, values });
    expect(await put(claimed('0A', 'same'))).toBe(true);
    expect(await put(claimed('0B', 'other'))).toBe(false);
    expect(await put(claimed('0C', 'other', 'no'))).toBe(true);
    expect(await put(claimed('0C', 'same', 'no'))).toBe(false);
    expect(await put(claimed('0C', 'same'))).toBe(true);
  });
});
