/** How long what was read, or could not be read, is good for. */
export interface Ages {
  /** Seconds for which a value is used without asking again. */
  readonly value: number;
  /** Seconds until one asks again after a failure. */
  readonly failure: number;
  /** Seconds for which the last value is used when it can't be read anew. */
  readonly stale: number;
}

/**
 * Reads through a memory, so that however many ask, the source is asked once a period: after a
 * failure too. A value that can't be read anew goes on being used for a while; then, or where there
 * is none, the failure is thrown.
 */
export function remember<T>(
  read: () => Promise<T>,
  ages: Ages,
  nowMs: () => number,
): () => Promise<T> {
  let known: { readonly value: T; readonly readMs: number } | undefined;
  let answer: Promise<T> | undefined;
  let untilMs = 0;

  async function ask(): Promise<T> {
    const readMs = nowMs();
    untilMs = readMs + ages.value * 1000;
    try {
      const value = await read();
      known = { value, readMs };
      return value;
    } catch (error) {
      untilMs = readMs + ages.failure * 1000;
      if (known && readMs - known.readMs < ages.stale * 1000) return known.value;
      throw error;
    }
  }

  return () => {
    if (!answer || nowMs() >= untilMs) answer = ask();
    return answer;
  };
}
