import { countText, dollarsText } from './numbers.ts';
import { priceOf } from './prices.ts';
import type { Bill, Row } from './reckon.ts';

const MILLION = 1_000_000;
type Cells = readonly [service: string, counted: string, ...numbers: string[]];

/**
 * A bill as a table: what is counted, its list price, dollars, and dollars after the free
 * allowances.
 */
export function billText({ rows, dollars, afterAllowances }: Bill): string {
  return tableText([
    ['service', 'what is counted', 'list price', '$', 'after allowances'],
    ...rows.map(rowCells),
    ['total', '', '', dollarsText(dollars), dollarsText(afterAllowances)],
  ]);
}

/** The arithmetic of a bill line by line, each with its reason. */
export function arithmeticText({ rows, dollars }: Bill): string {
  return tableText([
    ['service', 'what is counted', 'list price', '$'],
    ...rows.map((row): Cells => {
      const [service, counted, price, list] = rowCells(row);
      return [service, counted, price ?? '', list ?? ''];
    }),
    ['total', '', '', dollarsText(dollars)],
  ]);
}

function rowCells({ price, service, unit, quantity, note, ...row }: Row): Cells {
  const counted = `${countText(quantity)} ${plural(unit, quantity)}`;
  return [
    service,
    note ? `${counted} (${note})` : counted,
    priceText(priceOf(price)),
    dollarsText(row.dollars),
    dollarsText(row.afterAllowances),
  ];
}

/** `0.20 a million`. */
function priceText({ dollars, per }: { dollars: number; per: number }): string {
  const text = dollars >= 0.1 && dollars * 100 === Math.round(dollars * 100);
  return `${text ? dollars.toFixed(2) : dollars}${per === MILLION ? ' a million' : ''}`;
}

/** `write unit` is `write units` for any but one; units with more to them stay. */
function plural(unit: string, quantity: number): string {
  if (quantity === 1 || /^(GB|high)|metric-month/.test(unit)) return unit;
  return unit === 'minute of video' ? 'minutes of video' : `${unit}s`;
}

/** The first two columns to the left, all others to the right. */
function tableText(rows: readonly Cells[]): string {
  const widths = rows.reduce<number[]>((widest, row) => {
    return row.map((cell, at) => Math.max(widest[at] ?? 0, cell.length));
  }, []);
  const lines = rows.map((row) =>
    row.map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))),
  );
  return lines.map((cells) => `  ${cells.join('  ')}`.trimEnd()).join('\n');
}
