import { expect, test } from 'vitest';
import { mean, percentile } from '../../faults/percentiles.ts';

const HUNDRED = Array.from({ length: 100 }, (_, at) => 100 - at);

test.each([
  [0, 1],
  [0.5, 50],
  [0.95, 95],
  [1, 100],
])('%f of the numbers from 1 to 100 are not over %i', (share, value) => {
  expect(percentile(HUNDRED, share)).toBe(value);
});

test('of a few values it is one of them', () => {
  expect(percentile([3, 1], 0.5)).toBe(1);
  expect(percentile([3, 1], 0.51)).toBe(3);
  expect(percentile([7], 0.95)).toBe(7);
});

test('of nothing there is neither a percentile nor a mean', () => {
  expect(percentile([], 0.5)).toBeNaN();
  expect(mean([])).toBeNaN();
  expect(mean([1, 2, 6])).toBe(3);
});
