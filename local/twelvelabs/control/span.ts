import * as z from 'zod';

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 24 * 3_600_000,
};

/** Long after the longest thing that the box remembers: a batch, for 30 days. */
const MAX_DAYS = 366;

const FORM = 'It is a number and a unit, as in 90s, 15m, 24h or 30d';

/** A span of time as one writes it, such as `24h`, read as milliseconds. */
export const span = z
  .string(FORM)
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, FORM)
  .transform((text) => Math.round(Number.parseFloat(text) * (unitMs[unitOf(text)] ?? 0)))
  .refine((ms) => ms <= MAX_DAYS * 24 * 3_600_000, `It is at most ${MAX_DAYS}d`);

function unitOf(text: string): string {
  return text.replace(/[\d.]/g, '');
}
