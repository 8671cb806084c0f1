import { UsageError } from '../command.ts';
import { REGION } from './price.ts';
import { prices } from './prices.ts';
import type { Workload } from './workload.ts';

/** The options of the command. */
export const costOptions = {
  videos: { type: 'string', default: '1000' },
  minutes: { type: 'string', default: '8' },
  megabytes: { type: 'string', default: '100' },
  profiles: { type: 'string', default: '1' },
  'result-kilobytes': { type: 'string', default: '4' },
  'months-kept': { type: 'string', default: '1' },
  'price-per-minute': { type: 'string', default: String(prices.videoMinute.dollars) },
  region: { type: 'string', default: REGION },
  json: { type: 'boolean' },
} as const;

type Asked = { readonly [K in keyof typeof costOptions]?: string | boolean | undefined };

/** What is to be reckoned. @throws UsageError that names the option and its range */
export function workloadFrom(asked: Asked): Workload {
  if (asked.region !== REGION) {
    throw new UsageError(`--region takes ${REGION} only: no other region's prices are known here`);
  }
  return {
    videos: wholeNumber(asked, 'videos', 1, 1_000_000_000),
    minutes: number(asked, 'minutes', 0.01, 240),
    // Larger ones go in chunks, through a function that carries the bytes: that was not measured.
    megabytes: number(asked, 'megabytes', 0.001, 4_096),
    profiles: wholeNumber(asked, 'profiles', 1, 100),
    resultKilobytes: number(asked, 'result-kilobytes', 0.1, 1_024),
    monthsKept: number(asked, 'months-kept', 0, 1_200),
    pricePerMinute: number(asked, 'price-per-minute', 0, 1_000),
  };
}

function wholeNumber(asked: Asked, name: keyof Asked, least: number, most: number): number {
  const value = number(asked, name, least, most);
  if (!Number.isInteger(value)) throw outOfRange(asked, name, least, most, 'a whole number');
  return value;
}

function number(asked: Asked, name: keyof Asked, least: number, most: number): number {
  const text = String(asked[name] ?? '');
  const value = /^\d+(\.\d+)?(e\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw outOfRange(asked, name, least, most, 'a number');
  return value;
}

function outOfRange(asked: Asked, name: keyof Asked, least: number, most: number, kind: string) {
  return new UsageError(`--${name} takes ${kind} from ${least} to ${most}, not ${asked[name]}`);
}
