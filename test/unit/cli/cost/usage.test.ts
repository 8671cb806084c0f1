import { describe, expect, it } from 'vitest';
import { PRICES_CHECKED_ON } from '../../../../cli/cost/price.ts';
import { type PriceName, priceOf, prices } from '../../../../cli/cost/prices.ts';
import {
  dollarsAfterAllowances,
  listDollars,
  merged,
  totalDollars,
} from '../../../../cli/cost/usage.ts';

describe('list prices', () => {
  it.each(Object.keys(prices) as PriceName[])('%s has a page and is more than nothing', (name) => {
    const { page, dollars, per, unit } = priceOf(name);
    expect(page).toMatch(/^https:\/\//);
    expect(dollars).toBeGreaterThan(0);
    expect(per).toBeGreaterThan(0);
    expect(unit).not.toBe('');
  });

  it('were looked up on a day', () => {
    expect(PRICES_CHECKED_ON).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  it.each<[PriceName, number, number]>([
    ['lambdaRequest', 1_000_000, 0.2],
    ['lambdaArm', 1_000_000, 13.3334],
    ['tableWrite', 2_000_000, 1.25],
    ['secretMonth', 2, 0.8],
    ['sqsRequest', 1_000_000_000_000, 400_000],
  ])('%s: %d cost $%d', (price, quantity, dollars) => {
    expect(listDollars({ price, quantity })).toBeCloseTo(dollars, 6);
  });
});

describe('what AWS gives away each month', () => {
  it('is taken off once, from what comes first', () => {
    const first = [{ price: 'sqsRequest', quantity: 600_000 }] as const;
    const second = [{ price: 'sqsRequest', quantity: 900_000 }] as const;
    expect(dollarsAfterAllowances(first)).toBe(0);
    expect(dollarsAfterAllowances(second, first)).toBeCloseTo(0.5 * 0.4, 9);
  });

  it('is not there for what has none', () => {
    const usage = [{ price: 'secretMonth', quantity: 1 }] as const;
    expect(dollarsAfterAllowances(usage)).toBe(totalDollars(usage));
  });
});

it('uses of the same price are one line, with every reason, and those of nothing none', () => {
  expect(
    merged([
      { price: 'sqsRequest', quantity: 1, note: 'a' },
      { price: 'trace', quantity: 0 },
      { price: 'sqsRequest', quantity: 2, note: 'b' },
    ]),
  ).toEqual([{ price: 'sqsRequest', quantity: 3, note: 'a; b' }]);
});
