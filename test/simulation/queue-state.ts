import type { EndedBatch, Slots } from '../../functions/submit-batches/partial-wait.ts';
import type { Arrivals } from './arrivals.ts';
import type { Draw } from './random.ts';
import type { Turnaround } from './turnarounds.ts';

export interface Scene {
  /** One for each mode. */
  readonly arrivals: readonly Arrivals[];
  readonly turnaround: Turnaround['seconds'];
  readonly luck: Draw;
  readonly maxActive: number;
  readonly maxRequests: number;
  /** Batches are sent up to here, and things are queued no longer. */
  readonly horizonSeconds: number;
}

/** The analyses of one mode from the `from`th queued to before the `to`th. */
export interface SentBatch {
  readonly mode: number;
  readonly from: number;
  readonly to: number;
  readonly sentAt: number;
  readonly endsAt: number;
}

const RECENT = 20;
const CLOCK_SECONDS = 60;

/** What waits and what is active at one moment of a simulation, by numbers and not by rows. */
export class QueueState {
  now = 0;
  readonly sent: SentBatch[] = [];
  readonly scene: Scene;
  #active: SentBatch[] = [];
  #recent: EndedBatch[] = [];
  /** For each mode, how many were sent, and the second in which the next of them was queued. */
  readonly #taken: number[];
  readonly #oldest: number[];

  constructor(scene: Scene) {
    this.scene = scene;
    this.#taken = scene.arrivals.map(() => 0);
    this.#oldest = scene.arrivals.map(() => 0);
  }

  get free(): number {
    return this.scene.maxActive - this.#active.length;
  }

  queued(mode: number): number {
    const until = this.scene.arrivals[mode]?.until[Math.floor(this.now)] ?? 0;
    return until - (this.#taken[mode] ?? 0);
  }

  /** The second in which the oldest was queued. */
  oldest(mode: number): number {
    const until = this.scene.arrivals[mode]?.until ?? [];
    const taken = this.#taken[mode] ?? 0;
    let at = this.#oldest[mode] ?? 0;
    while ((until[at] ?? Number.POSITIVE_INFINITY) <= taken) at++;
    this.#oldest[mode] = at;
    return at;
  }

  /** The mode whose oldest is queued longest, but for those that are kept back. */
  longestQueued(kept: readonly number[]): number | undefined {
    let longest: number | undefined;
    for (let mode = 0; mode < this.#taken.length; mode++) {
      if (this.queued(mode) === 0 || kept.includes(mode)) continue;
      if (longest === undefined || this.oldest(mode) < this.oldest(longest)) longest = mode;
    }
    return longest;
  }

  slots(): Slots {
    const { now, free } = this;
    const active = this.#active;
    return {
      maxActive: this.scene.maxActive,
      free,
      recent: this.#recent,
      // Only for those who ask, since most policies don't.
      get active() {
        return active.map(({ from, to, sentAt }) => ({
          ageSeconds: now - sentAt,
          items: to - from,
        }));
      },
    };
  }

  send(mode: number, items: number): void {
    const from = this.#taken[mode] ?? 0;
    const sentAt = this.now;
    const endsAt = sentAt + this.scene.turnaround(items, this.scene.luck());
    const batch = { mode, from, to: from + items, sentAt, endsAt };
    this.#taken[mode] = batch.to;
    this.#active.push(batch);
    this.sent.push(batch);
  }

  /** To the next moment at which something may be decided. */
  advance(againInSeconds: number): void {
    const second = Math.floor(this.now);
    let next = this.scene.horizonSeconds + 1;
    for (const { endsAt } of this.#active) next = Math.min(next, endsAt);
    if (this.free > 0) {
      const clock = CLOCK_SECONDS * (Math.floor(second / CLOCK_SECONDS) + 1);
      next = Math.min(next, clock, this.now + Math.max(againInSeconds, 0.001));
      for (const its of this.scene.arrivals) next = Math.min(next, its.next[second] ?? next);
    }
    this.now = next;
    if (this.#active.every(({ endsAt }) => endsAt > next)) return;
    const ended = this.#active.filter(({ endsAt }) => endsAt <= next);
    this.#active = this.#active.filter(({ endsAt }) => endsAt > next);
    const turnarounds = ended.map(({ from, to, sentAt, endsAt }) => {
      return { turnaroundSeconds: endsAt - sentAt, items: to - from };
    });
    this.#recent = [...turnarounds, ...this.#recent].slice(0, RECENT);
  }
}
