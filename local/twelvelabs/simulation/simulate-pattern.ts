import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';

/** What is written where no string is found, or not one that is quickly found. */
const FALLBACK = 'Simulated';

const MAX_PATTERN_CHARACTERS = 200;
const MAX_REPEATED_GROUPS = 3;
const MAX_COUNT = 1_000;

/** Where no string matches, as for `[^\s\S]`, the search would never end. */
const MAX_SEARCH_MS = 1_000;

/** To find a string takes long; a thousand items ask for the same. */
const found = new Map<string, string>();
const MAX_FOUND = 1_000;

/** A string that matches a `pattern`; a plain word for one that is too much, or no expression. */
export function simulatePattern(pattern: string): string {
  const known = found.get(pattern);
  if (known !== undefined) return known;
  const text = isTooMuch(pattern) ? FALLBACK : findMatch(pattern);
  if (found.size >= MAX_FOUND) found.clear();
  found.set(pattern, text);
  return text;
}

function findMatch(pattern: string): string {
  const search = () => {
    const strings = fc.stringMatching(new RegExp(pattern, 'u'), { size: 'xsmall' });
    return fc.sample(strings, { seed: 1, numRuns: 1 })[0] ?? FALLBACK;
  };
  try {
    // Nothing else can break off what does not wait for anything.
    return runInNewContext('search()', { search }, { timeout: MAX_SEARCH_MS }) as string;
  } catch {
    return FALLBACK;
  }
}

/** Counts multiply when they are nested, as in `(a{100}){100}`; so does the work for `((a*)*)*`. */
function isTooMuch(pattern: string): boolean {
  const counts = [...pattern.matchAll(/\{(\d+)/g)].map(([, count]) => Math.max(1, Number(count)));
  const repeatedGroups = pattern.match(/\)[*+?{]/g) ?? [];
  return (
    pattern.length > MAX_PATTERN_CHARACTERS ||
    repeatedGroups.length > MAX_REPEATED_GROUPS ||
    counts.reduce((product, count) => product * count, 1) > MAX_COUNT
  );
}
