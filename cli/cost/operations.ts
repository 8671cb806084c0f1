import { readFileSync } from 'node:fs';
import * as z from 'zod';

/** What is 0 is left out. */
const count = z.number().default(0);
const counted = z.record(z.string(), z.number());

/**
 * What one function did: its invocations, and the calls that they made one after the other at
 * worst.
 */
const functionWork = z.object({
  invocations: count,
  cpuMs: count,
  awsCalls: count,
  providerCalls: count,
  logBytes: count,
});

const work = z.object({
  /** By the function's name in the template, as `AcceptUpload`. */
  functions: z.record(z.string(), functionWork),
  /** By `service.operation by caller`, in requests as AWS bills them. */
  requests: counted,
  /** Writes of the table by kind of row and move, as `video received to waiting`. */
  writes: z.record(z.string(), z.object({ count, tableUnits: count, indexUnits: count })),
  readUnits: z.number(),
  /** Metrics that were published, each with its dimensions: they are billed by the hour. */
  metrics: z.array(z.string()),
});

/** What a time or a number of videos makes the stack do. */
export type Work = z.infer<typeof work>;
export type FunctionWork = z.infer<typeof functionWork>;

const operations = z.object({
  measured: z.object({
    on: z.iso.date(),
    commit: z.string(),
    command: z.string(),
    videos: z.number(),
    idleHours: z.number(),
    runMinutes: z.number(),
    assuming: z.string(),
    /** Messages that an invocation gets at most, by function, as the template had it. */
    batchSizes: z.record(z.string(), z.number()),
  }),
  /** The clock alone, with nothing in the table, in `idleHours`. */
  idle: work,
  /** These videos, each with one analysis, without what the clock would have done meanwhile. */
  run: work,
  /** Rows that are left, by kind. */
  kept: z.record(
    z.string(),
    z.object({ rows: z.number(), tableBytes: z.number(), indexBytes: z.number() }),
  ),
  /** Rows that got a result: the result's bytes, and those of the row around it. */
  results: z.object({ rows: z.number(), bytes: z.number(), bytesWithout: z.number() }),
});

/** What a measured run of the real functions on the local cloud asked of AWS. */
export type Operations = z.infer<typeof operations>;

/** Where it is kept; `npm run bench -- operations` makes it anew. */
export const OPERATIONS_URL = new URL('operations.json', import.meta.url);

/** @throws when the file is not what the bench writes */
export function readOperations(): Operations {
  return operations.parse(JSON.parse(readFileSync(OPERATIONS_URL, 'utf8')));
}
