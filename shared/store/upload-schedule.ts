import * as z from 'zod';
import { giveBack, takeMoments, type UploadPace, type UploadRates } from '../upload-pace.ts';
import { uploadScheduleKey } from './keys.ts';
import type { Table } from './table.ts';

/** Hands out the moments at which an upload may begin, so that the plan's rates are kept. */
export interface UploadSchedule {
  /** How many moments are free from now on for `seconds`. */
  countFree(seconds: number): Promise<number>;
  /**
   * Reserves up to `wanted` moments, the earliest first, none later than `seconds` from now. One
   * that is not used, nor given back, is lost; that only costs time.
   */
  take(wanted: number, seconds: number): Promise<Date[]>;
  /** Gives back a moment for which nothing was sent, so that it does not count against the day. */
  giveBack(moment: Date): Promise<void>;
  /** Whether the provider is to be left alone, so that even a reserved moment is not to be used. */
  isPaused(): Promise<boolean>;
  /**
   * The provider refuses: hands out nothing for `seconds`, or for a minute where they are not known,
   * and for twice as long each time it refuses anew soon after, up to an hour.
   */
  pushBack(seconds: number | undefined): Promise<void>;
  /** The provider did not manage. One such may be chance; the third in a row begins a pause. */
  noteFailure(): Promise<void>;
  /** The provider took an upload: whatever failed before is over. */
  noteSuccess(): Promise<void>;
}

const FIRST_PAUSE_SECONDS = 60;
const LONGEST_PAUSE_SECONDS = 3_600;
/** Failures in a row that are no chance any more, and the pause that they begin with. */
const FAILURES_IN_A_ROW = 3;
const FIRST_FAILURE_PAUSE_SECONDS = 5;
/** No moment is handed out so far ahead: where one is noted all the same, a clock was wrong. */
const FAR_AHEAD_MS = 3_600_000;

/** The item, in a form that a person can read in the console. */
export const scheduleItem = z.object({
  revision: z.int().default(0),
  nextFreeAt: z.iso.datetime().default(new Date(0).toISOString()),
  spent: z.array(z.object({ from: z.iso.datetime(), count: z.int() })).default([]),
  pausedUntil: z.iso.datetime().optional(),
  pauseSeconds: z.number().optional(),
  failuresInARow: z.int().default(0),
});

type ScheduleItem = z.infer<typeof scheduleItem>;
type Changes = Partial<Omit<ScheduleItem, 'revision'>>;

/**
 * The schedule as one item of the table, so that invocations side by side, and the next ones, keep
 * the rates together. The rates are not part of it: with another plan the very next moment is
 * handed out by its rates.
 */
export function createUploadSchedule(
  table: Table,
  rates: UploadRates,
  now: () => Date,
): UploadSchedule {
  return {
    async countFree(seconds) {
      return momentsOf(await read(), Number.POSITIVE_INFINITY, seconds).momentsMs.length;
    },

    async take(wanted, seconds) {
      let momentsMs: readonly number[] = [];
      await change((item) => {
        const taken = momentsOf(item, wanted, seconds);
        momentsMs = taken.momentsMs;
        return momentsMs.length > 0 ? itemOf(taken.pace) : undefined;
      });
      return momentsMs.map((ms) => new Date(ms));
    },

    giveBack: (moment) => change((item) => itemOf(giveBack(paceOf(item), moment.getTime()))),

    async isPaused() {
      return isPausedNow(await read());
    },

    pushBack: (seconds) =>
      change((item) => {
        // Those who were refused together are refused once; the longest wish counts.
        if (isPausedNow(item)) {
          return (seconds ?? 0) > leftSeconds(item) ? pauseOf(seconds ?? 0) : undefined;
        }
        const atLeast = isSoonAfter(item) ? 2 * (item.pauseSeconds ?? 0) : 1;
        const grown = Math.min(LONGEST_PAUSE_SECONDS, atLeast);
        return pauseOf(Math.max(seconds ?? FIRST_PAUSE_SECONDS, grown));
      }),

    noteFailure: () =>
      change((item) => {
        // What was under way when the pause began tells nothing new.
        if (isPausedNow(item)) return undefined;
        const failuresInARow = item.failuresInARow + 1;
        if (failuresInARow < FAILURES_IN_A_ROW) return { failuresInARow };
        const seconds = FIRST_FAILURE_PAUSE_SECONDS * 2 ** (failuresInARow - FAILURES_IN_A_ROW);
        return { failuresInARow, ...pauseOf(Math.min(seconds, LONGEST_PAUSE_SECONDS)) };
      }),

    noteSuccess: () =>
      change(({ failuresInARow }) => (failuresInARow > 0 ? { failuresInARow: 0 } : undefined)),
  };

  async function read(): Promise<ScheduleItem> {
    return scheduleItem.parse((await table.get(uploadScheduleKey)) ?? {});
  }

  /** Changes the item by what it is at this very moment; undefined leaves it as it is. */
  async function change(by: (item: ScheduleItem) => Changes | undefined): Promise<void> {
    for (;;) {
      const item = await read();
      const changes = by(item);
      if (!changes) return;
      const written = { ...changes, revision: item.revision + 1 };
      if (await table.updateIf(uploadScheduleKey, written, unchangedSince(item))) return;
    }
  }

  function momentsOf(item: ScheduleItem, wanted: number, seconds: number) {
    const nowMs = now().getTime();
    const { nextFreeMs, spent } = paceOf(item);
    const pace = { spent, nextFreeMs: nextFreeMs > nowMs + FAR_AHEAD_MS ? 0 : nextFreeMs };
    const fromMs = Math.max(nowMs, pausedUntilMs(item));
    return takeMoments(pace, wanted, rates, fromMs, nowMs + seconds * 1000);
  }

  function pauseOf(pauseSeconds: number): Changes {
    const pausedUntil = new Date(now().getTime() + pauseSeconds * 1000).toISOString();
    return { pausedUntil, pauseSeconds };
  }

  function leftSeconds(item: ScheduleItem): number {
    return (pausedUntilMs(item) - now().getTime()) / 1000;
  }

  function isPausedNow(item: ScheduleItem): boolean {
    return leftSeconds(item) > 0;
  }

  function isSoonAfter(item: ScheduleItem): boolean {
    return -leftSeconds(item) < (item.pauseSeconds ?? 0);
  }
}

function pausedUntilMs({ pausedUntil }: ScheduleItem): number {
  return pausedUntil ? Date.parse(pausedUntil) : 0;
}

function unchangedSince({ revision }: ScheduleItem) {
  return revision === 0
    ? { expression: 'attribute_not_exists(revision)' }
    : { expression: 'revision = :seen', values: { ':seen': revision } };
}

function paceOf({ nextFreeAt, spent }: ScheduleItem): UploadPace {
  return {
    nextFreeMs: Date.parse(nextFreeAt),
    spent: spent.map(({ from, count }) => ({ fromMs: Date.parse(from), count })),
  };
}

function itemOf({ nextFreeMs, spent }: UploadPace): Pick<ScheduleItem, 'nextFreeAt' | 'spent'> {
  return {
    nextFreeAt: new Date(nextFreeMs).toISOString(),
    spent: spent.map(({ fromMs, count }) => ({ from: new Date(fromMs).toISOString(), count })),
  };
}
