import { batchLimits } from '../../../shared/twelvelabs/limits.ts';
import { alignedTable } from '../../faults/aligned-table.ts';
import type { Measured } from './measure-rounds.ts';

type Figure = (measured: Measured) => number;

const MEBIBYTE = 1024 ** 2;

/** One column for each count, and how the last compares with the others. */
export function reportTable(all: readonly Measured[]): string {
  const others = all.slice(0, -1);
  const last = all.at(-1);
  const name = ({ count }: Measured) => count.toLocaleString('en');
  const row = (title: string, figure: Figure) => [
    title,
    ...all.map((each) => rounded(figure(each))),
    ...others.map((each) => ratio(last ? figure(last) : Number.NaN, figure(each))),
  ];
  return alignedTable([
    ['analyses', ...all.map(name), ...others.map((each) => `: ${name(each)}`)],
    row('batches', ({ batches }) => batches),
    row('  over as many as needed at least', (it) => it.batches / leastBatches(it)),
    row('creates over as many as needed at least', (it) => it.creates / leastBatches(it)),
    row('rounds', ({ rounds }) => rounds),
    row('simulated minutes', ({ minutes }) => minutes),
    ...['provider', 'table', 'queue'].flatMap((target) => [
      row(`calls to the ${target} per 1,000`, (it) => perThousand(it, callsTo(target, it))),
      ...namesOf(target, all).map((each) =>
        row(`  ${each}`, (it) => perThousand(it, it.calls.get(each) ?? 0)),
      ),
    ]),
    row('wall ms per 1,000', (it) => perThousand(it, it.wallMs)),
    row('heap before, MiB', ({ heapBytesBefore }) => heapBytesBefore / MEBIBYTE),
    row('peak heap, MiB', ({ peakHeapBytes }) => peakHeapBytes / MEBIBYTE),
  ]);
}

function leastBatches({ count }: Measured): number {
  return Math.ceil(count / batchLimits.maxRequests);
}

function perThousand({ count }: Measured, amount: number): number {
  return (amount / count) * 1_000;
}

function callsTo(target: string, { calls }: Measured): number {
  const counts = [...calls].filter(([name]) => name.startsWith(`${target}.`));
  return counts.reduce((sum, [, count]) => sum + count, 0);
}

function namesOf(target: string, all: readonly Measured[]): string[] {
  const names = new Set(all.flatMap(({ calls }) => [...calls.keys()]));
  return [...names].filter((name) => name.startsWith(`${target}.`)).toSorted();
}

function rounded(value: number): number {
  return value >= 100 ? Math.round(value) : value;
}

function ratio(value: number, of: number): string {
  return of === 0 ? '-' : (value / of).toFixed(2);
}
