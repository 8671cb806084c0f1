import { type PriceName, priceOf } from './prices.ts';

/** So much of what has a price, and how that came about. */
export interface Use {
  readonly price: PriceName;
  readonly quantity: number;
  /** Where the quantity comes from, in some words; the unit is said anyway. */
  readonly note?: string;
}

export type Usage = readonly Use[];

/** What it costs by list price, in dollars. */
export function listDollars({ price, quantity }: Use): number {
  const { dollars, per } = priceOf(price);
  return (quantity / per) * dollars;
}

export function totalDollars(usage: Usage): number {
  return usage.reduce((sum, use) => sum + listDollars(use), 0);
}

/**
 * What these uses add to the bill of a month in which `already` is used too, with what AWS gives
 * away each month for ever, in dollars. Both processors of Lambda share one allowance: it is given
 * twice only to who uses both.
 */
export function dollarsAfterAllowances(usage: Usage, already: Usage = []): number {
  return billed([...already, ...usage]) - billed(already);
}

function billed(usage: Usage): number {
  return merged(usage).reduce((sum, use) => {
    const { free = 0 } = priceOf(use.price);
    return sum + listDollars({ ...use, quantity: Math.max(0, use.quantity - free) });
  }, 0);
}

/** One use of each price, in the order in which they first come; without those of nothing. */
export function merged(usage: Usage): Use[] {
  const byPrice = new Map<PriceName, Use>();
  for (const use of usage.filter(({ quantity }) => quantity > 0)) {
    const known = byPrice.get(use.price);
    const notes = [known?.note, use.note].filter(Boolean).join('; ');
    byPrice.set(use.price, {
      price: use.price,
      quantity: (known?.quantity ?? 0) + use.quantity,
      ...(notes && { note: notes }),
    });
  }
  return [...byPrice.values()];
}

/** The same for so many times as much. */
export function times(usage: Usage, factor: number): Use[] {
  return usage.map((use) => ({ ...use, quantity: use.quantity * factor }));
}
