import type { TimeFormat } from '../batches/response-format.ts';

/** A point in time, written in one of the provider's formats. */
export function writeTime(seconds: number, format: TimeFormat): number | string {
  if (format === 'seconds') return Math.round(seconds * 1000) / 1000;
  const ms = Math.max(
    0,
    format === 'hh:mm:ss' ? Math.round(seconds) * 1000 : Math.round(seconds * 1000),
  );
  const text = `${pad(ms / 3_600_000)}:${pad((ms / 60_000) % 60)}:${pad((ms / 1000) % 60)}`;
  return format === 'hh:mm:ss' ? text : `${text}.${pad(ms % 1000, 3)}`;
}

function pad(value: number, digits = 2): string {
  return String(Math.floor(value)).padStart(digits, '0');
}
