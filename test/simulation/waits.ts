import type { Scene, SentBatch } from './queue-state.ts';

/** How long analyses waited, from being queued to the end of their batch; `queue`: to its start. */
export interface Waits {
  readonly count: number;
  readonly meanSeconds: number;
  readonly p95Seconds: number;
  readonly queueSeconds: number;
}

/**
 * The waits of what was queued from the first to the second of `measured`. What was not sent until
 * the horizon counts as if it had been sent then, in batches as long as `unsentSeconds`.
 */
export function waitsOf(
  sent: readonly SentBatch[],
  scene: Scene,
  measured: readonly [number, number],
  unsentSeconds: number,
): Waits {
  const tally = new Tally(measured);
  for (const [mode, { until }] of scene.arrivals.entries()) {
    const batches = sent.filter((batch) => batch.mode === mode);
    const sentAt = scene.horizonSeconds;
    const unsent = { sentAt, endsAt: sentAt + unsentSeconds, to: until.at(-1) ?? 0 };
    let second = 0;
    let taken = 0;
    for (const batch of [...batches, unsent]) {
      while (taken < batch.to) {
        const upTo = Math.min(until[second] ?? batch.to, batch.to);
        if (upTo > taken) tally.add(second, batch, upTo - taken);
        taken = upTo;
        if (taken === until[second]) second++;
      }
    }
  }
  return tally.waits();
}

class Tally {
  readonly #measured: readonly [number, number];
  /** How many waited so many whole seconds. */
  readonly #bySecond: number[] = [];
  #count = 0;
  #queueSum = 0;
  #sum = 0;

  constructor(measured: readonly [number, number]) {
    this.#measured = measured;
  }

  add(queuedAt: number, { sentAt, endsAt }: Pick<SentBatch, 'sentAt' | 'endsAt'>, count: number) {
    const [from, to] = this.#measured;
    if (queuedAt < from || queuedAt > to) return;
    const wait = endsAt - queuedAt;
    this.#count += count;
    this.#queueSum += count * (sentAt - queuedAt);
    this.#sum += count * wait;
    const second = Math.floor(wait);
    this.#bySecond[second] = (this.#bySecond[second] ?? 0) + count;
  }

  waits(): Waits {
    const count = this.#count;
    let seen = 0;
    const p95Seconds = this.#bySecond.findIndex((its = 0) => {
      seen += its;
      return seen >= 0.95 * count;
    });
    const [meanSeconds, queueSeconds] = [this.#sum / count, this.#queueSum / count];
    return { count, meanSeconds, p95Seconds, queueSeconds };
  }
}
