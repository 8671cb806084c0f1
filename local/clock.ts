/** A process that keeps this clock's time instead of its own (a Lambda environment, the emulators). */
export interface Follower {
  /** Resolves once the process reads the given time from its own `Date`. */
  readonly setClock: (reading: ClockReading) => Promise<void>;
}

/** How another process computes this clock's time from its machine's. */
export type ClockReading =
  | { readonly kind: 'running'; readonly offsetMs: number }
  | { readonly kind: 'stopped'; readonly atMs: number };

interface Timer {
  readonly dueMs: number;
  readonly fire: () => void;
}

/** The longest delay that Node's own timers take; a later one is armed again on the way. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * The one clock of the local cloud: emulators, functions, schedules and the TwelveLabs box read it.
 *
 * `running` keeps pace with the machine; `stopped` moves only when told to, which makes a test
 * repeatable. Either can be moved forward by any amount; timers on the way fire in the order they
 * are due, each seeing the very moment it was set for.
 */
export class Clock {
  #reading: ClockReading;
  readonly #timers = new Set<Timer>();
  readonly #followers = new Set<Follower>();
  #armed: NodeJS.Timeout | undefined;

  constructor(reading: ClockReading = { kind: 'running', offsetMs: 0 }) {
    this.#reading = reading;
  }

  static stoppedAt(date: Date): Clock {
    return new Clock({ kind: 'stopped', atMs: date.getTime() });
  }

  get reading(): ClockReading {
    return this.#reading;
  }

  nowMs(): number {
    return this.#reading.kind === 'running'
      ? Date.now() + this.#reading.offsetMs
      : this.#reading.atMs;
  }

  now(): Date {
    return new Date(this.nowMs());
  }

  /** Calls `action` when `delayMs` have passed on this clock; returns a function that calls it off. */
  after(delayMs: number, action: () => void): () => void {
    const timer: Timer = { dueMs: this.nowMs() + Math.max(0, delayMs), fire: action };
    this.#timers.add(timer);
    this.#arm();
    return () => {
      this.#timers.delete(timer);
      this.#arm();
    };
  }

  /** Calls `action` every `periodMs` of this clock until the returned function is called. */
  every(periodMs: number, action: () => void): () => void {
    let cancel = () => {};
    const next = () => {
      cancel = this.after(periodMs, () => {
        next();
        action();
      });
    };
    next();
    return () => cancel();
  }

  /** Resolves when `delayMs` have passed on this clock. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, resolve);
    });
  }

  /** Keeps `follower` on this clock from now on; returns a function that lets it go. */
  async follow(follower: Follower): Promise<() => void> {
    this.#followers.add(follower);
    await follower.setClock(this.#reading);
    return () => this.#followers.delete(follower);
  }

  /**
   * Moves time forward. Resolves when every follower reads the new time and every timer due by then
   * has been fired (what a timer started may still be under way).
   */
  async advance(byMs: number): Promise<void> {
    const targetMs = this.nowMs() + byMs;
    for (let next = this.#earliest(); next && next.dueMs <= targetMs; next = this.#earliest()) {
      await this.#moveTo(next.dueMs);
      this.#fireDue();
    }
    await this.#moveTo(targetMs);
    this.#fireDue();
  }

  /**
   * Leaps forward at once, as for a machine that slept: what was due on the way fires only now, and
   * what repeats fires once.
   */
  async leap(byMs: number): Promise<void> {
    await this.#moveTo(this.nowMs() + byMs);
    this.#fireDue();
  }

  /** Milliseconds until the next timer is due; undefined when none is set. */
  untilNextTimerMs(): number | undefined {
    const next = this.#earliest();
    return next && Math.max(0, next.dueMs - this.nowMs());
  }

  /** Calls off every timer, so that nothing keeps the process alive. */
  close(): void {
    this.#timers.clear();
    this.#followers.clear();
    clearTimeout(this.#armed);
  }

  async #moveTo(ms: number): Promise<void> {
    // Whole milliseconds, as `Date.now()` has them: everyone's `Date` shows this reading.
    const byMs = Math.ceil(ms - this.nowMs());
    if (byMs <= 0) return;
    this.#reading =
      this.#reading.kind === 'running'
        ? { kind: 'running', offsetMs: this.#reading.offsetMs + byMs }
        : { kind: 'stopped', atMs: this.#reading.atMs + byMs };
    await Promise.all([...this.#followers].map((follower) => follower.setClock(this.#reading)));
  }

  #earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.#timers) {
      if (!earliest || timer.dueMs < earliest.dueMs) earliest = timer;
    }
    return earliest;
  }

  #fireDue(): void {
    for (let next = this.#earliest(); next && next.dueMs <= this.nowMs(); next = this.#earliest()) {
      this.#timers.delete(next);
      next.fire();
    }
    this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#armed);
    const next = this.#earliest();
    if (!next || this.#reading.kind === 'stopped') return;
    const delayMs = Math.min(MAX_TIMEOUT_MS, Math.max(0, next.dueMs - this.nowMs()));
    this.#armed = setTimeout(() => this.#fireDue(), delayMs);
  }
}
