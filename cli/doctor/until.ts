import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 500;

/**
 * Looks again and again until there is something to see; undefined when there is nothing after
 * `forMs`. @throws AbortError as soon as the signal is aborted
 */
export async function until<T>(
  look: () => Promise<T | undefined>,
  forMs: number,
  signal: AbortSignal,
): Promise<T | undefined> {
  const end = performance.now() + forMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined || performance.now() >= end) return seen;
    await sleep(EVERY_MS, undefined, { signal });
  }
}
