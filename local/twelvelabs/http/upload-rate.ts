import { ApiError } from './api-error.ts';

const WINDOW_MS = 60_000;

/** Counts uploads in a sliding minute and refuses the one too many. */
export class UploadRate {
  readonly #perMinute: number;
  #takenAtMs: number[] = [];

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Notes an upload at `nowMs`, or throws the 429 that says when to come back. */
  take(nowMs: number): void {
    this.#takenAtMs = this.#takenAtMs.filter((atMs) => atMs > nowMs - WINDOW_MS);
    const oldestMs = this.#takenAtMs[0];
    if (this.#takenAtMs.length < this.#perMinute || oldestMs === undefined) {
      this.#takenAtMs.push(nowMs);
      return;
    }
    const freeAtMs = oldestMs + WINDOW_MS;
    throw new ApiError(
      429,
      'too_many_requests',
      `You have exceeded the rate limit (${this.#perMinute}req/1minute). ` +
        `Please try again later after ${new Date(freeAtMs).toISOString()}.`,
      {
        'retry-after': String(Math.max(1, Math.ceil((freeAtMs - nowMs) / 1000))),
        'x-ratelimit-request-remaining': '0',
        'x-ratelimit-request-reset': String(Math.ceil(freeAtMs / 1000)),
      },
    );
  }
}
