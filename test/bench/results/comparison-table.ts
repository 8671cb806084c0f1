import { alignedTable } from '../../faults/aligned-table.ts';
import { type Entry, median, medianRatio } from './rounds.ts';

/** A line of the table. */
export interface Row<T> {
  readonly title: string;
  readonly figure: (of: T) => number;
  /** What we want the last one's ratio to be, to each of the others. */
  readonly aims?: readonly number[];
}

/** One column for each entry, and how the last compares with the others, beside what we aim at. */
export function comparisonTable<T>(
  title: string,
  entries: readonly Entry<T>[],
  rows: readonly Row<T>[],
): string {
  const others = entries.slice(0, -1);
  const last = entries.at(-1);
  const head = [
    title,
    ...entries.map(({ name }) => name),
    ...others.flatMap(({ name }) => [`: ${name}`, 'aim']),
  ];
  const lines = rows.map(({ title: name, figure, aims = [] }) => [
    name,
    ...entries.map((entry) => rounded(median(entry, figure))),
    ...others.flatMap((other, at) => [
      last ? ratioText(medianRatio(last, other, figure)) : '-',
      aims[at]?.toFixed(2) ?? '',
    ]),
  ]);
  return alignedTable([head, ...lines]);
}

/** Where nothing is divided by nothing, there is no ratio. */
function ratioText(ratio: number): string {
  return Number.isFinite(ratio) ? ratio.toFixed(2) : '-';
}

function rounded(value: number): number {
  return value >= 100 ? Math.round(value) : value;
}
