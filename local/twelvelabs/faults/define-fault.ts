import * as z from 'zod';

/** How often a fault strikes: always, unless it is told otherwise. */
export const often = {
  times: z.int().min(1).optional().describe('strikes so often, then never again'),
  skip: z.int().min(0).optional().describe('lets so many pass first'),
  probability: z.number().min(0).max(1).optional().describe('strikes by chance'),
  seed: z.string().optional().describe('another course of the same chance'),
};

/** The schema of one kind of fault: nothing but `kind` and its own `shape` may be said of it. */
export const fault = <K extends string, S extends z.ZodRawShape>(kind: K, shape: S) =>
  z.strictObject({ kind: z.literal(kind), ...shape });
