/** Work that no request waits for: fetches of URLs, deliveries of webhooks. */
export class Background {
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  /** Aborts when the box is closed. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Starts `work`. It must settle its own failures; one that escapes it is swallowed. */
  start(work: () => Promise<void>): void {
    if (this.#stop.signal.aborted) return;
    const running = work()
      .catch(() => {})
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when nothing is under way (what waits for the clock is not under way). */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Aborts what is under way and resolves when it has ended. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.settled();
  }
}

/** Lets a few works run at once and keeps the others waiting, first come, first served. */
export class Lane {
  readonly #width: number;
  #busy = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(width: number) {
    this.#width = width;
  }

  /** Runs `work` when there is room for it. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy === this.#width) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#busy += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#busy -= 1;
    }
  }
}
