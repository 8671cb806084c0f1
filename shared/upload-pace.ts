/** What the provider's plan allows: uploads in any minute, and in any 24 hours. */
export interface UploadRates {
  readonly perMinute: number;
  readonly perDay: number;
}

/** What is known of the moments handed out so far. */
export interface UploadPace {
  /** No moment before this one is free. */
  readonly nextFreeMs: number;
  /** How many were handed out in each quarter hour that may still count against the day. */
  readonly spent: readonly Spent[];
}

export interface Spent {
  /** When the quarter hour began. */
  readonly fromMs: number;
  readonly count: number;
}

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** When a moment may be used: two clocks differ by a second, and a message is late by some. */
export const turnLasts = { earlySeconds: 1, lateSeconds: 3 };

/**
 * How unevenly uploads may follow their moments without more of them falling into one minute than
 * the plan allows. It costs 6 % of the rate.
 */
const SLACK_MS = 1000 * (turnLasts.earlySeconds + turnLasts.lateSeconds);

/**
 * Takes up to `wanted` free moments from `fromMs` to `untilMs`, the earliest first (virtual
 * scheduling). They are evenly spaced, and no 24 hours hold more than the plan's day. For the day
 * quarter hours are counted and not single moments: a day's limit is free again up to 15 minutes late.
 */
export function takeMoments(
  pace: UploadPace,
  wanted: number,
  rates: UploadRates,
  fromMs: number,
  untilMs: number,
): { readonly momentsMs: readonly number[]; readonly pace: UploadPace } {
  const intervalMs = Math.ceil((MINUTE_MS + SLACK_MS) / rates.perMinute);
  const spent = new Map(
    pace.spent
      .filter((each) => freeAgainMs(each.fromMs) > fromMs)
      .map((it) => [it.fromMs, it.count]),
  );
  const momentsMs: number[] = [];
  let nextFreeMs = Math.max(fromMs, pace.nextFreeMs);
  while (momentsMs.length < wanted) {
    const momentMs = onceTheDayAllows(nextFreeMs, spent, rates.perDay);
    if (momentMs > untilMs) break;
    momentsMs.push(momentMs);
    const quarterMs = momentMs - (momentMs % QUARTER_MS);
    spent.set(quarterMs, (spent.get(quarterMs) ?? 0) + 1);
    nextFreeMs = momentMs + intervalMs;
  }
  const counts = [...spent].map(([quarterMs, count]) => ({ fromMs: quarterMs, count }));
  return { momentsMs, pace: { nextFreeMs, spent: counts } };
}

/** Takes back a moment that was not used: it counts against the day no longer. */
export function giveBack(pace: UploadPace, momentMs: number): UploadPace {
  const quarterMs = momentMs - (momentMs % QUARTER_MS);
  const spent = pace.spent.flatMap((each) => {
    if (each.fromMs !== quarterMs) return [each];
    return each.count > 1 ? [{ ...each, count: each.count - 1 }] : [];
  });
  return { ...pace, spent };
}

/** The first moment from `momentMs` on at which fewer than `perDay` were handed out in 24 hours. */
function onceTheDayAllows(
  momentMs: number,
  spent: ReadonlyMap<number, number>,
  perDay: number,
): number {
  let allowedMs = momentMs;
  let left = perDay;
  // The latest first: the quarter hour that fills the day is the one to wait for.
  for (const [fromMs, count] of [...spent].toSorted(([a], [b]) => b - a)) {
    left -= count;
    if (left <= 0) {
      allowedMs = Math.max(allowedMs, freeAgainMs(fromMs));
      break;
    }
  }
  return allowedMs;
}

/** When the last moment of a quarter hour stops counting against the day. */
function freeAgainMs(quarterMs: number): number {
  return quarterMs + QUARTER_MS + DAY_MS + SLACK_MS;
}
