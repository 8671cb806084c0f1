import * as z from 'zod';
import { takeMoments, type UploadPace, type UploadRates } from '../upload-pace.ts';
import { uploadScheduleKey } from './keys.ts';
import type { Table } from './table.ts';

/** Hands out the moments at which an upload may begin, so that the plan's rates are kept. */
export interface UploadSchedule {
  /** How many moments are free from now on for `seconds`. */
  countFree(seconds: number): Promise<number>;
  /**
   * Reserves up to `wanted` moments, the earliest first, none later than `seconds` from now. One
   * that is not used is lost; that only costs time.
   */
  take(wanted: number, seconds: number): Promise<Date[]>;
  /** Whether the provider has asked for peace, so that even a reserved moment is not to be used. */
  isPaused(): Promise<boolean>;
  /**
   * Hands out nothing for `seconds`; without them for a minute, and for twice as long each time the
   * provider refuses anew soon after, up to an hour.
   */
  pushBack(seconds: number | undefined): Promise<void>;
}

const FIRST_PAUSE_SECONDS = 60;
const LONGEST_PAUSE_SECONDS = 3_600;
/** The longest that the provider's own word is taken for: its longest window is a day. */
const LONGEST_BELIEVED_SECONDS = 24 * 3_600;

/** The item, in a form that a person can read in the console. */
const scheduleItem = z.object({
  revision: z.int().default(0),
  nextFreeAt: z.iso.datetime().default(new Date(0).toISOString()),
  spent: z.array(z.object({ from: z.iso.datetime(), count: z.int() })).default([]),
  pausedUntil: z.iso.datetime().optional(),
  pauseSeconds: z.number().optional(),
});

type ScheduleItem = z.infer<typeof scheduleItem>;

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
      for (;;) {
        const item = await read();
        const { momentsMs, pace } = momentsOf(item, wanted, seconds);
        if (momentsMs.length === 0) return [];
        const changes = { revision: item.revision + 1, ...itemOf(pace) };
        if (await table.updateIf(uploadScheduleKey, changes, unchangedSince(item))) {
          return momentsMs.map((ms) => new Date(ms));
        }
      }
    },

    async isPaused() {
      return pausedUntilMs(await read()) > now().getTime();
    },

    async pushBack(seconds) {
      for (;;) {
        const item = await read();
        const pauseSeconds = seconds ?? nextPauseSeconds(item);
        const untilMs = now().getTime() + Math.min(pauseSeconds, LONGEST_BELIEVED_SECONDS) * 1000;
        // Those who were refused together are refused once.
        if (untilMs <= pausedUntilMs(item) || (isPausedNow(item) && seconds === undefined)) return;
        const pausedUntil = new Date(untilMs).toISOString();
        const changes = { revision: item.revision + 1, pausedUntil, pauseSeconds };
        if (await table.updateIf(uploadScheduleKey, changes, unchangedSince(item))) return;
      }
    },
  };

  async function read(): Promise<ScheduleItem> {
    return scheduleItem.parse((await table.get(uploadScheduleKey)) ?? {});
  }

  function momentsOf(item: ScheduleItem, wanted: number, seconds: number) {
    const nowMs = now().getTime();
    const fromMs = Math.max(nowMs, pausedUntilMs(item));
    return takeMoments(paceOf(item), wanted, rates, fromMs, nowMs + seconds * 1000);
  }

  function isPausedNow(item: ScheduleItem): boolean {
    return pausedUntilMs(item) > now().getTime();
  }

  function nextPauseSeconds(item: ScheduleItem): number {
    const last = item.pauseSeconds ?? 0;
    const isSoonAfter = now().getTime() < pausedUntilMs(item) + last * 1000;
    return isSoonAfter ? Math.min(2 * last, LONGEST_PAUSE_SECONDS) : FIRST_PAUSE_SECONDS;
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
