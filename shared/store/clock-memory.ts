import * as z from 'zod';
import { clockMemoryKey } from './keys.ts';
import type { Table } from './table.ts';

const key = z.object({ pk: z.string(), sk: z.string() });

/** What the clock remembers from one tick to the next. It loses nothing that it would not find anew. */
export const clockMemory = z.object({
  tickedAt: z.iso.datetime().optional(),
  /** Since when it has been ticking without standing still. */
  runningSince: z.iso.datetime().optional(),
  /** When it was last counted how much waits. */
  measuredAt: z.iso.datetime().optional(),
  /** The audit of the table: when this pass began, and where it goes on; without `next` it is over. */
  audit: z.object({ startedAt: z.iso.datetime(), next: key.optional() }).optional(),
});

export type ClockMemory = z.infer<typeof clockMemory>;

/** The memory of the clock, in its one row of the table. */
export interface ClockMemoryStore {
  read(): Promise<ClockMemory>;
  write(memory: ClockMemory): Promise<void>;
}

export function createClockMemory(table: Pick<Table, 'get' | 'putAll'>): ClockMemoryStore {
  return {
    async read() {
      const { success, data } = clockMemory.safeParse(await table.get(clockMemoryKey));
      return success ? data : {};
    },
    async write(memory) {
      await table.putAll([{ ...clockMemoryKey, ...memory }]);
    },
  };
}
