import { type Draw, poisson } from './random.ts';

/** When the analyses of one mode are queued, to the second. */
export interface Arrivals {
  /** For each second, how many are queued up to and including it. */
  readonly until: Uint32Array;
  /** For each second, the next one after it in which something is queued. */
  readonly next: Float64Array;
}

/** From how many are queued in each second, the first being second 0. */
export function arrivalsOf(counts: ArrayLike<number>): Arrivals {
  const until = new Uint32Array(counts.length);
  const next = new Float64Array(counts.length);
  let sum = 0;
  for (let at = 0; at < counts.length; at++) {
    sum += counts[at] ?? 0;
    until[at] = sum;
  }
  let upcoming = Number.POSITIVE_INFINITY;
  for (let at = counts.length - 1; at >= 0; at--) {
    next[at] = upcoming;
    if ((counts[at] ?? 0) > 0) upcoming = at;
  }
  return { until, next };
}

/** So many at second 0, and then a Poisson process. */
export function poissonArrivals(
  { atStart, perSecond, seconds }: Record<'atStart' | 'perSecond' | 'seconds', number>,
  draw: Draw,
): Arrivals {
  const counts = new Uint32Array(seconds + 1);
  counts[0] = atStart;
  for (let at = 1; at <= seconds; at++) counts[at] = poisson(perSecond, draw);
  return arrivalsOf(counts);
}
