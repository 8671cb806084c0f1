import { setTimeout as wait } from 'node:timers/promises';

const FIRST_MS = 50;
const LONGEST_MS = 5_000;

/**
 * Patience with a table that takes only a part of what it is asked: waits by chance up to twice as
 * long each time (so that many who wait do not come back together), and not at all once it took all.
 */
export function createBackOff(): (leftOver: number) => Promise<void> {
  let longestMs = FIRST_MS;
  return async (leftOver) => {
    if (leftOver === 0) {
      longestMs = FIRST_MS;
      return;
    }
    await wait(Math.random() * longestMs);
    longestMs = Math.min(LONGEST_MS, longestMs * 2);
  };
}
