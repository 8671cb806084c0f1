import { describe, expect, it } from 'vitest';
import type { FaultInput } from '../../local/twelvelabs/faults/fault.ts';
import { createBatch } from '../support/batch-bodies.ts';
import { generalBatch, type ResultLine, startBox } from '../support/box-fixture.ts';

/** A batch of four items that have ended, in the order of the request, and its lines as they come. */
async function endedBatch() {
  const fixture = await startBox({ switches: { resultsOrder: 'requested' } });
  const { call, clock, readyAsset } = fixture;
  const id = await readyAsset();
  const { batch_id, items } = await createBatch(call, generalBatch(id, id, id, id));
  await clock.advance(4_000);
  const texts = async () =>
    (await call('GET', `/analyze/batches/${batch_id}/results`)).text.split('\n');
  return { ...fixture, id, items, texts };
}

/** What a line is about; `garbled` or `blank` for what is no line. */
function nameOf(text: string): string | null {
  if (text === '') return 'blank';
  try {
    return (JSON.parse(text) as ResultLine).custom_id;
  } catch {
    return 'garbled';
  }
}

describe('a fault of a line', () => {
  it.each<[FaultInput, string[]]>([
    [{ kind: 'drop-line', customId: 'item-1' }, ['item-0', 'item-2', 'item-3']],
    [{ kind: 'drop-line', skip: 3 }, ['item-0', 'item-1', 'item-2']],
    [{ kind: 'double-line', times: 1 }, ['item-0', 'item-0', 'item-1', 'item-2', 'item-3']],
    [{ kind: 'garble-line', customId: 'item-3' }, ['item-0', 'item-1', 'item-2', 'garbled']],
    [{ kind: 'blank-line', customId: 'item-3' }, ['item-0', 'item-1', 'item-2', 'item-3', 'blank']],
  ])('%j leaves %j', async (fault, names) => {
    const { box, texts } = await endedBatch();
    box.faults.set(fault);
    expect((await texts()).map(nameOf)).toEqual(names);
  });

  it('unknown-line adds the line of an item that nobody asked for', async () => {
    const { box, items, texts } = await endedBatch();
    box.faults.set({ kind: 'unknown-line', customId: 'item-0' });
    const [true0, strange] = (await texts()).slice(0, 2).map((text) => JSON.parse(text));
    expect(true0.custom_id).toBe('item-0');
    expect(strange).toMatchObject({ status: 'ready', data: true0.data });
    expect(strange.custom_id).toMatch(/^unknown_[0-9a-f]{24}$/);
    expect(items.map((item) => item.task_id)).not.toContain(strange.task_id);
    expect(strange.task_id).toMatch(/^[0-9a-f]{24}$/);
  });

  it('may strike a line together with others', async () => {
    const { box, texts } = await endedBatch();
    for (const kind of ['double-line', 'garble-line', 'blank-line'] as const) {
      box.faults.set({ kind, customId: 'item-0' });
    }
    expect((await texts()).slice(0, 4).map(nameOf)).toEqual([
      'garbled',
      'garbled',
      'blank',
      'item-1',
    ]);
  });

  it('may leave nothing at all', async () => {
    const { box, texts } = await endedBatch();
    box.faults.set({ kind: 'drop-line' });
    expect(await texts()).toEqual(['']);
    box.change({ switches: { resultsLastNewline: true } });
    expect(await texts()).toEqual(['']);
  });

  it('is decided anew at each reading', async () => {
    const { box, texts } = await endedBatch();
    box.faults.set({ kind: 'drop-line', times: 1, skip: 5 });
    expect(await texts()).toHaveLength(4);
    expect((await texts()).map(nameOf)).toEqual(['item-0', 'item-2', 'item-3']);
    expect(await texts()).toHaveLength(4);
    expect(box.faults.list()).toMatchObject([{ met: 12, struck: 1 }]);
  });

  it('strikes by chance, the same at the same readings', async () => {
    const dropped = async (seed: string) => {
      const { box, texts } = await endedBatch();
      box.faults.set({ kind: 'drop-line', probability: 0.5, seed });
      const readings: number[] = [];
      for (let count = 0; count < 6; count += 1) {
        readings.push((await texts()).filter((text) => text !== '').length);
      }
      return readings;
    };
    const readings = await dropped('a');
    expect(new Set(readings).size).toBeGreaterThan(1);
    expect(await dropped('a')).toEqual(readings);
    expect(await dropped('b')).not.toEqual(readings);
  });

  it.each([
    ['filename', (test: Awaited<ReturnType<typeof endedBatch>>) => test.box.assets()[0]?.filename],
    ['assetId', (test: Awaited<ReturnType<typeof endedBatch>>) => test.id],
    ['taskId', (test: Awaited<ReturnType<typeof endedBatch>>) => test.items[2]?.task_id],
  ] as const)('finds its lines by %s', async (by, choose) => {
    const test = await endedBatch();
    test.box.faults.set({ kind: 'blank-line', [by]: choose(test) });
    const blanks = (await test.texts()).filter((text) => text === '').length;
    expect(blanks).toBe(by === 'taskId' ? 1 : 4);
    test.box.faults.clear();
    test.box.faults.set({ kind: 'blank-line', [by]: 'another' });
    expect(await test.texts()).toHaveLength(4);
  });
});
