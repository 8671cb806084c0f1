import type { BoxLimits } from '../settings.ts';
import { ApiError } from './api-error.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What is limited by the plan, and over which times. */
const windows = {
  uploads: [
    { limit: 'uploadsPerMinute', unit: 'req', ms: MINUTE_MS },
    { limit: 'uploadsPerDay', unit: 'req', ms: DAY_MS },
  ],
  analyzeRequests: [
    { limit: 'analyzeRequestsPerMinute', unit: 'req', ms: MINUTE_MS },
    { limit: 'analyzeRequestsPerDay', unit: 'req', ms: DAY_MS },
  ],
  analyzeMinutes: [
    { limit: 'analyzeMinutesPerHour', unit: 'min', ms: HOUR_MS },
    { limit: 'analyzeMinutesPerDay', unit: 'min', ms: DAY_MS },
  ],
  reads: [{ limit: 'readsPerMinute', unit: 'req', ms: MINUTE_MS }],
} as const;

/** What is limited by the plan. */
export type Limited = keyof typeof windows;

interface Taken {
  readonly atMs: number;
  readonly amount: number;
}

/** Counts what was taken in sliding windows and refuses what is too much. */
export class RateLimits {
  readonly #taken = new Map<Limited, Taken[]>();

  /** Notes `amount` at `nowMs`, or throws the 429 that says when to come back. */
  take(limited: Limited, limits: BoxLimits, nowMs: number, amount = 1): void {
    if (windows[limited].every(({ limit }) => limits[limit] === null)) return;
    const taken = (this.#taken.get(limited) ?? []).filter((each) => each.atMs > nowMs - DAY_MS);
    for (const { limit, unit, ms } of windows[limited]) {
      const most = limits[limit];
      if (most === null) continue;
      const inWindow = taken.filter((each) => each.atMs > nowMs - ms);
      const sum = inWindow.reduce((total, each) => total + each.amount, 0);
      if (sum + amount <= most) continue;
      throw tooManyRequests(
        `${most}${unit}/${ms / MINUTE_MS}minutes`,
        freeAtMs(inWindow, sum + amount - most, ms, nowMs),
        nowMs,
      );
    }
    taken.push({ atMs: nowMs, amount });
    this.#taken.set(limited, taken);
  }
}

/** When enough of what was taken has left the window. */
function freeAtMs(inWindow: readonly Taken[], tooMuch: number, ms: number, nowMs: number): number {
  let left = tooMuch;
  for (const { atMs, amount } of inWindow) {
    left -= amount;
    if (left <= 0) return atMs + ms;
  }
  return nowMs + ms;
}

function tooManyRequests(rule: string, freeMs: number, nowMs: number): ApiError {
  return new ApiError(
    429,
    'too_many_requests',
    `You have exceeded the rate limit (${rule}). ` +
      `Please try again later after ${new Date(freeMs).toISOString()}.`,
    {
      'retry-after': String(Math.max(1, Math.ceil((freeMs - nowMs) / 1000))),
      'x-ratelimit-request-remaining': '0',
      'x-ratelimit-request-reset': String(Math.ceil(freeMs / 1000)),
    },
  );
}
