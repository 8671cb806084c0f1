import { describe, expect, it } from 'vitest';
import { inChunks } from '../../../../functions/collect-results/in-chunks.ts';

/** A sink that holds each chunk until it is told to let it go. */
function heldSink() {
  const chunks: (readonly number[])[] = [];
  const releases: (() => void)[] = [];
  const sink = async (items: readonly number[]) => {
    chunks.push(items);
    await new Promise<void>((resolve) => releases.push(resolve));
  };
  return { chunks, sink, release: (at: number) => releases[at]?.() };
}

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  return (
    (await Promise.race([promise, new Promise((done) => setImmediate(done, pending))])) === pending
  );
}

describe('what comes in chunks', () => {
  it('is handed on in order, each item once, the last chunk as it is', async () => {
    const chunks: [number, readonly number[]][] = [];
    const { add, finish } = inChunks<number>(
      (it) => it,
      async (items, number) => void chunks.push([number, items]),
      10,
    );
    for (const item of [4, 4, 4, 12, 1]) await add(item);
    await finish();
    await finish();

    expect(chunks).toEqual([
      [1, [4, 4, 4]],
      [2, [12]],
      [3, [1]],
    ]);
  });

  it('waits for a slow sink: one chunk is under way, and one full, at most', async () => {
    const { chunks, sink, release } = heldSink();
    const { add, finish } = inChunks<number>(() => 10, sink, 10);
    await add(1);
    const second = add(2);

    expect(await isPending(second)).toBe(true);
    expect(chunks).toEqual([[1]]);
    release(0);
    await second;
    expect(chunks).toEqual([[1], [2]]);
    const finished = finish();
    expect(await isPending(finished)).toBe(true);
    release(1);
    await finished;
  });

  it('ends in the error of its sink', async () => {
    const failing = inChunks<number>(
      () => 10,
      async () => {
        throw new Error('the table is away');
      },
      10,
    );
    await failing.add(1);

    await expect(failing.add(2)).rejects.toThrow('the table is away');
    await expect(failing.finish()).rejects.toThrow('the table is away');
  });
});
