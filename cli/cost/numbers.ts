/** Dollars, to the cent; below ten cents to the hundredth of one, and never 0 for what is not. */
export function dollarsText(dollars: number): string {
  if (dollars === 0) return '0.00';
  if (dollars < 0.000_05) return '<0.0001';
  if (dollars < 0.1) return dollars.toFixed(4);
  return dollars.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** A count: whole where it is large, else to three digits that matter. */
export function countText(count: number): string {
  if (count === 0) return '0';
  if (count >= 100) return Math.round(count).toLocaleString('en');
  return Number(count.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 6 });
}

/** A share, to two digits that matter. */
export function ratioText(ratio: number): string {
  return Number(ratio.toPrecision(2)).toLocaleString('en', { maximumFractionDigits: 6 });
}
