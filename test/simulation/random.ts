/** Draws a number from 0 up to 1. */
export type Draw = () => number;

/** The generator mulberry32: the same seed always draws the same numbers in the same order. */
export function seededDraw(seed: number): Draw {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Draws one number from each fiftieth of the range in random order, and then again: as hard to
 * foresee as other draws, but policies that send more batches than others draw no better luck.
 */
export function evenDraw(seed: number, parts = 50): Draw {
  const draw = seededDraw(seed);
  let left: number[] = [];
  return () => {
    if (left.length === 0) left = Array.from({ length: parts }, (_, at) => (at + draw()) / parts);
    const at = Math.floor(draw() * left.length);
    return left.splice(at, 1)[0] ?? 0;
  };
}

/** How many of a Poisson process with `mean` a second happen in one second. */
export function poisson(mean: number, draw: Draw): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = draw(); product > limit; product *= draw()) count++;
  return count;
}
