import { expect, it } from 'vitest';
import { UsageError } from '../../../../cli/command.ts';
import { costOptions, workloadFrom } from '../../../../cli/cost/workload-from.ts';

const defaults = Object.fromEntries(
  Object.entries(costOptions).flatMap(([name, it]) =>
    'default' in it ? [[name, it.default]] : [],
  ),
);
const from = (asked: Record<string, string>) => workloadFrom({ ...defaults, ...asked });

it('takes 1,000 videos of 8 minutes and 100 MB when nothing is said', () => {
  expect(from({})).toEqual({
    videos: 1_000,
    minutes: 8,
    megabytes: 100,
    profiles: 1,
    resultKilobytes: 4,
    monthsKept: 1,
    pricePerMinute: 0.0292,
  });
});

it.each([
  ['videos', '1e9'],
  ['videos', '1'],
  ['minutes', '0.5'],
  ['months-kept', '0'],
  ['price-per-minute', '0'],
])('takes --%s %s', (name, value) => {
  expect(() => from({ [name]: value })).not.toThrow();
});

it.each([
  ['videos', '0', '--videos takes a number from 1 to 1000000000, not 0'],
  ['videos', '1000000001', '--videos takes a number from 1 to 1000000000, not 1000000001'],
  ['videos', '1.5', '--videos takes a whole number from 1 to 1000000000, not 1.5'],
  ['videos', 'many', '--videos takes a number from 1 to 1000000000, not many'],
  ['videos', '', '--videos takes a number from 1 to 1000000000, not '],
  ['videos', '-5', '--videos takes a number from 1 to 1000000000, not -5'],
  ['minutes', '0', '--minutes takes a number from 0.01 to 240, not 0'],
  ['megabytes', '5000', '--megabytes takes a number from 0.001 to 4096, not 5000'],
  ['profiles', '0', '--profiles takes a number from 1 to 100, not 0'],
  ['result-kilobytes', '0x10', '--result-kilobytes takes a number from 0.1 to 1024, not 0x10'],
  ['months-kept', 'Infinity', '--months-kept takes a number from 0 to 1200, not Infinity'],
  ['price-per-minute', '$1', '--price-per-minute takes a number from 0 to 1000, not $1'],
  ['region', 'eu-west-1', "--region takes us-east-1 only: no other region's prices are known here"],
])('refuses --%s %s by name and range', (name, value, message) => {
  expect(() => from({ [name]: value })).toThrow(new UsageError(message));
});
