import { describe, expect, it } from 'vitest';
import { type Lifecycle, lifecycles } from '../../../shared/lifecycle.ts';
import { soundnessOf } from '../../../shared/soundness.ts';
import type { Row } from '../../../shared/store/row-reader.ts';
import { createStore } from '../../../shared/store/store.ts';
import { fakeLog } from '../../support/fakes.ts';
import { createMemoryTable } from '../../support/memory-table.ts';
import { aBatch, anAnalysis, anUpload, atSecond, aVideo, MADE_AT } from '../../support/rows.ts';
import { startTable } from '../../support/start-table.ts';

const someRow = { video: aVideo, analysis: anAnalysis, batch: aBatch } as const;
const kinds = Object.keys(someRow) as (keyof typeof someRow)[];

/** Every move that the lifecycles know. */
const legalMoves = kinds.flatMap((kind) =>
  Object.entries<Lifecycle[string]>(lifecycles[kind]).flatMap(([from, here]) =>
    here === 'final' ? [] : here.next.map((to) => ({ kind, from, to, stage: here.stage })),
  ),
);

describe.each([
  ['in memory', async () => createMemoryTable()],
  ['as DynamoDB is', startTable],
])('in a table %s', (_, start) => {
  it.each(legalMoves)('a $kind moved from $from to $to is sound', async (legal) => {
    const { kind, from, to, stage } = legal;
    const table = await start();
    const store = createStore(table, () => MADE_AT, fakeLog());
    const before = someRow[kind]({ state: from, stage } as never) as Row;
    await table.putAll([before]);
    const isFinal = lifecycles[kind][to as never] === 'final';
    const due = { at: atSecond(60), by: 'message' } as const;

    const moved = await store.move(before, { to: to as Row['state'], ...(!isFinal && { due }) });

    expect(moved).toBeDefined();
    const item = (await table.get(before)) ?? {};
    expect(soundnessOf(item, MADE_AT)).toEqual({ is: 'sound' });
    expect(item['stage'] === undefined).toBe(isFinal);
    const found = isFinal ? [] : await store.due(item['stage'] as Row['stage'] & {}, due.at, 9);
    expect(found.map(({ pk }) => pk)).toEqual(isFinal ? [] : [before.pk]);
  });

  it('rows are sound from the first', async () => {
    const table = await start();
    const store = createStore(table, () => MADE_AT, fakeLog());
    const due = { at: atSecond(60), by: 'message' } as const;
    await store.claimVideo(anUpload(), due);
    await store.queueAnalysis(anAnalysis());
    await store.intendBatch(aBatch({ state: 'intended' }), due);
    const { items } = await table.page(undefined);
    expect(items.map((item) => soundnessOf(item, MADE_AT).is)).toEqual(Array(3).fill('sound'));
  });
});

it.each([
  ['a segment', { kind: 'segment' }],
  ['a lease', { holder: 1 }],
  ['a kind by the name of a word of JavaScript', { kind: 'constructor' }],
])('is not asked of %s', (_, item) => {
  expect(soundnessOf(item, MADE_AT)).toEqual({ is: 'no-row' });
});
