import type { Clock } from '../../clock.ts';

/** Timers on the clock, one for each key, that can all be called off. */
export class Timers {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #cancels = new Map<object, () => void>();

  /** None can be set any more once `signal` has aborted. */
  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Calls `action` when `delayMs` have passed, instead of what was set for the key before. */
  set(key: object, delayMs: number, action: () => void): void {
    this.cancel(key);
    if (this.#signal.aborted) return;
    const cancel = this.#clock.after(delayMs, () => {
      this.#cancels.delete(key);
      action();
    });
    this.#cancels.set(key, cancel);
  }

  /** Calls off what was set for the key, if anything. */
  cancel(key: object): void {
    this.#cancels.get(key)?.();
    this.#cancels.delete(key);
  }

  /** Calls off everything. */
  clear(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }
}
