import * as z from 'zod';
import { batchingMemoryKey } from './keys.ts';
import type { Table } from './table.ts';

/**
 * What the batcher remembers from one batch to the next, whichever invocation sends it. None of it is
 * needed to be right: who forgets it sends some requests more.
 */
export const batchingMemory = z.object({
  /** The most analyses to try in a batch, after a larger one was too slow; else the provider's limit. */
  maxItems: z.int().min(1).optional(),
  /** The last batch that was too slow, and when that was. */
  tooSlow: z.object({ items: z.int(), at: z.iso.datetime() }).optional(),
  /** Our ids of refused batches among whose suspects the one is searched for, the latest last. */
  searches: z.array(z.string()),
  /** By version, the profiles of which the provider refused analyses alone, and none it took since. */
  refusedProfiles: z.record(
    z.string(),
    z.object({ refusals: z.int(), probeAt: z.iso.datetime(), reason: z.string() }),
  ),
  /** How many analyses in a row were refused alone, and no batch taken since. */
  refusedAloneInARow: z.int(),
  /** How often in a row the provider wanted no batch at all. */
  pausesInARow: z.int(),
  /** Until when it wants none. */
  pausedUntil: z.iso.datetime().optional(),
  /** How many requests in a row came to nothing at all. */
  absences: z.int(),
});

export type BatchingMemory = z.infer<typeof batchingMemory>;

export const nothingRemembered: BatchingMemory = {
  searches: [],
  refusedProfiles: {},
  refusedAloneInARow: 0,
  pausesInARow: 0,
  absences: 0,
};

export interface BatchingMemoryStore {
  /** What was remembered last; nothing when it can't be read. */
  read(): Promise<BatchingMemory>;
  /** Remembers this, unless another holder of the lease wrote since it was read here. */
  write(memory: BatchingMemory): Promise<void>;
}

/** The memory in its one row of the table. */
export function createBatchingMemory(table: Table): BatchingMemoryStore {
  let version = 0;
  return {
    async read() {
      const item = await table.get(batchingMemoryKey);
      version = Number(item?.['version'] ?? 0);
      const parsed = batchingMemory.safeParse(item?.['memory']);
      return parsed.success ? parsed.data : nothingRemembered;
    },
    async write(memory) {
      const next = version + 1;
      const isOurs = await table.updateIf(
        batchingMemoryKey,
        { memory, version: next },
        {
          expression: 'attribute_not_exists(version) OR version = :seen',
          values: { ':seen': version },
        },
      );
      if (isOurs) version = next;
    },
  };
}
