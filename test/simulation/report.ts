import { alignedTable } from '../faults/aligned-table.ts';
import type { Cell, CellResult } from './cells.ts';
import { OURS, policies } from './policies.ts';
import type { Waits } from './waits.ts';

const names = Object.keys(policies);
const GOOD = 1.1;

type Measure = 'meanSeconds' | 'p95Seconds';

/** One row a cell: ours beside the best, and how far each policy's mean is from the best. */
export function cellTable(results: readonly CellResult[]): string {
  const head = [
    'start, modes, load',
    'mean',
    'p95',
    'queue',
    '| best',
    'mean',
    'p95',
    'queue',
    '|',
  ];
  const rows = results.map((result) => {
    const best = bestOf(result, 'meanSeconds');
    return [
      placeOf(result.cell),
      ...figuresOf(result.waits.get(OURS)),
      `| ${best}`,
      ...figuresOf(result.waits.get(best)),
      '|',
      ...names.map((name) => ratio(result, name, 'meanSeconds').toFixed(2)),
    ];
  });
  return alignedTable([[...head, ...names], ...rows]);
}

/** One row a policy: its worst cells, by the mean and by the 95th percentile. */
export function summaryTable(results: readonly CellResult[]): string {
  const rows = names.map((name) => {
    const worst = worstOf(results, name, 'meanSeconds');
    const worstP95 = worstOf(results, name, 'p95Seconds');
    const over = results.filter((its) => ratio(its, name, 'meanSeconds') > GOOD).length;
    return [
      name,
      ratio(worst, name, 'meanSeconds').toFixed(2),
      nameOf(worst.cell),
      `${over} of ${results.length}`,
      ratio(worstP95, name, 'p95Seconds').toFixed(2),
      nameOf(worstP95.cell),
    ];
  });
  const head = ['policy', 'worst mean', 'in cell', `over ${GOOD}`, 'worst p95', 'in cell'];
  return alignedTable([head, ...rows]);
}

/** A policy's measure in a cell, divided by the smallest there of any policy. */
function ratio(result: CellResult, name: string, measure: Measure): number {
  const its = result.waits.get(name)?.[measure] ?? Number.NaN;
  return its / (result.waits.get(bestOf(result, measure))?.[measure] ?? Number.NaN);
}

function bestOf({ waits }: CellResult, measure: Measure): string {
  const sorted = [...waits].sort(([, a], [, b]) => a[measure] - b[measure]);
  return sorted[0]?.[0] ?? '';
}

function worstOf(results: readonly CellResult[], name: string, measure: Measure): CellResult {
  return results.reduce((worst, its) =>
    ratio(its, name, measure) > ratio(worst, name, measure) ? its : worst,
  );
}

function figuresOf(waits: Waits | undefined): number[] {
  if (!waits) return [];
  return [waits.meanSeconds, waits.p95Seconds, waits.queueSeconds].map(Math.round);
}

function placeOf({ atStart, modes, loadPercent }: Cell): string {
  return `${atStart.toLocaleString('en')}, ${modes}, ${loadPercent} %`;
}

function nameOf(cell: Cell): string {
  return `${cell.turnaround.name}: ${placeOf(cell)}`;
}
