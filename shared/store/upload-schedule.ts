import { uploadScheduleKey } from './keys.ts';
import type { Table } from './table.ts';

/** Hands out the moments at which an asset may be registered, so that the plan's rate is kept. */
export interface UploadSchedule {
  /**
   * Reserves the next free moment: none is closer to another than the rate allows, none in the past.
   * A moment reserved and not used is lost; that only costs time.
   */
  reserve(): Promise<Date>;
}

/**
 * The schedule as one item of the table that holds the next free moment (virtual scheduling), so
 * that invocations side by side, and the next ones, keep one rate together.
 */
export function createUploadSchedule(
  table: Table,
  uploadsPerMinute: number,
  now: () => Date,
): UploadSchedule {
  const intervalMs = 60_000 / uploadsPerMinute;
  return {
    async reserve() {
      for (;;) {
        const nextFree = (await table.get(uploadScheduleKey))?.['nextFreeAt'];
        const seen = typeof nextFree === 'string' ? nextFree : undefined;
        const reservedMs = Math.max(now().getTime(), seen ? Date.parse(seen) : 0);
        const reserved = await table.updateIf(
          uploadScheduleKey,
          { nextFreeAt: new Date(reservedMs + Math.ceil(intervalMs)).toISOString() },
          seen
            ? { expression: 'nextFreeAt = :seen', values: { ':seen': seen } }
            : { expression: 'attribute_not_exists(nextFreeAt)' },
        );
        if (reserved) return new Date(reservedMs);
      }
    },
  };
}
