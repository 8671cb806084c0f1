import { describe, expect, it } from 'vitest';
import type { VideoRows } from '../../../local/read-video.ts';
import type { TwelveLabsBox } from '../../../local/twelvelabs/box.ts';
import { type Drop, expectOutcome, expectPaidOnce } from '../../e2e/emulated/waves.ts';

const content = new Uint8Array();
const video: Drop = { key: 'a.mp4', content, analyses: 2 };
const text: Drop = { key: 'b.txt', content, analyses: 0 };

function rows(key: string, state: string, analyses: readonly string[] = []): VideoRows {
  const made = {
    key,
    video: { state },
    analyses: analyses.map((it) => ({ state: it })),
    segments: [],
  };
  return made as unknown as VideoRows;
}

function books(assets: number, items: number, billed: number, twice = 0) {
  const list = (length: number) => () => Array.from({ length });
  const ledger = {
    assets: list(assets),
    items: list(items),
    billedItems: list(billed),
    paidTwice: list(twice),
  };
  return { box: { ledger } as unknown as TwelveLabsBox };
}

describe('a wave', () => {
  it('came out right when videos are analysed, and the rest is refused', () => {
    const right = [rows('a.mp4', 'admitted', ['ready', 'ready']), rows('b.txt', 'rejected')];
    expect(() => expectOutcome([video, text], right)).not.toThrow();
  });

  it.each([
    ['a video was refused', [rows('a.mp4', 'rejected'), rows('b.txt', 'rejected')]],
    [
      'an analysis failed',
      [rows('a.mp4', 'admitted', ['ready', 'failed']), rows('b.txt', 'rejected')],
    ],
    ['an analysis is missing', [rows('a.mp4', 'admitted', ['ready']), rows('b.txt', 'rejected')]],
    ['text was taken', [rows('a.mp4', 'admitted', ['ready', 'ready']), rows('b.txt', 'admitted')]],
    ['a row is missing', [rows('b.txt', 'rejected')]],
  ])('came out wrong when %s', (_, wrong) => {
    expect(() => expectOutcome([video, text], wrong)).toThrow('not as expected');
  });
});

describe("the provider's books", () => {
  it('are right with one asset a video, and one analysis a profile', () => {
    expect(expectPaidOnce(books(1, 2, 2), [video, text])).toBe(
      '1 assets, 2 analyses, 2 billed, 0 twice',
    );
  });

  it.each([
    ['a second asset', books(2, 2, 2)],
    ['a third analysis', books(1, 3, 2)],
    ['one that is not billed', books(1, 2, 1)],
    ['one that is paid twice', books(1, 2, 2, 1)],
  ])('are wrong with %s', (_, wrong) => {
    expect(() => expectPaidOnce(wrong, [video, text])).toThrow('for 1 videos and 2 analyses');
  });
});
