import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Activity } from './activity.ts';
import type { Emulators } from './emulators/emulators.ts';
import type { EventSource } from './queues/event-source.ts';

const POLL_MS = 5;

/** Something that works beside the cloud on the same clock. */
export interface Neighbour {
  /** Resolves when it has nothing under way until the clock moves. */
  settled(): Promise<void>;
}

/** Knows when nothing will happen before the clock moves, and when it has to move for something to. */
export class Idleness {
  readonly #activity: Activity;
  readonly #emulators: Emulators;
  readonly #sources: readonly EventSource[];
  readonly #neighbours: readonly Neighbour[];
  readonly #clock: Clock;

  constructor(parts: {
    readonly activity: Activity;
    readonly emulators: Emulators;
    readonly sources: readonly EventSource[];
    readonly neighbours: readonly Neighbour[];
    readonly clock: Clock;
  }) {
    this.#activity = parts.activity;
    this.#emulators = parts.emulators;
    this.#sources = parts.sources;
    this.#neighbours = parts.neighbours;
    this.#clock = parts.clock;
  }

  async whenIdle(): Promise<void> {
    while (!(await this.#isIdle())) await delay(POLL_MS);
  }

  /** Moves the clock on, stopping wherever something comes due until it has been dealt with. */
  async letTimePass(byMs: number): Promise<void> {
    const endMs = this.#clock.nowMs() + byMs;
    await this.whenIdle();
    for (let leftMs = byMs; leftMs > 0; leftMs = endMs - this.#clock.nowMs()) {
      const nextMs = (await this.#untilNextChangeMs()) ?? leftMs;
      await this.#clock.advance(Math.min(leftMs, Math.max(1, nextMs)));
      await this.whenIdle();
    }
  }

  /** Milliseconds until a timer or a waiting message comes due; undefined when none does. */
  async #untilNextChangeMs(): Promise<number | undefined> {
    const depths = await this.#emulators.queueDepths();
    const dueMs = this.#sources.flatMap(({ queueName }) => [
      ...(depths[queueName]?.delayedUntilMs ?? []),
      ...Object.values(depths[queueName]?.inFlightUntilMs ?? {}),
    ]);
    const nowMs = this.#clock.nowMs();
    const waits = dueMs.map((atMs) => Math.max(0, atMs - nowMs));
    const timerMs = this.#clock.untilNextTimerMs();
    if (timerMs !== undefined) waits.push(timerMs);
    return waits.length > 0 ? Math.min(...waits) : undefined;
  }

  async #isIdle(): Promise<boolean> {
    await this.#activity.whenQuiet();
    const before = this.#activity.version;
    await Promise.all(this.#neighbours.map((neighbour) => neighbour.settled()));
    const depths = await this.#emulators.queueDepths();
    // What began meanwhile may have sent messages after the depths were taken.
    if (!this.#activity.isQuiet || this.#activity.version !== before) return false;
    return this.#sources.every((source) => {
      const depth = depths[source.queueName];
      return !depth || source.isIdle(depth);
    });
  }
}
