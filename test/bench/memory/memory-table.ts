import { alignedTable } from '../../faults/aligned-table.ts';
import { percentile } from '../../faults/percentiles.ts';
import type { FunctionBundle } from '../../support/function-bundles.ts';
import { dollarsAMillion } from './lambda-bill.ts';
import type { Reading } from './readings.ts';

/** A function and what was noted of it under its load. */
export interface Measured extends Pick<FunctionBundle, 'folder' | 'memoryMegabytes'> {
  readonly readings: readonly Reading[];
}

const SIZES = [128, 256, 512, 1024, 1769];
/** A size is enough where the peak takes no more of it than this. */
const COMFORTABLE = 0.6;
const STEP_BYTES = 64 * 1024 ** 2;

/** The most memory that any process of the function had, in bytes. */
export function peakBytes({ readings }: Measured): number {
  return Math.max(...readings.map((it) => it.peakBytes));
}

/** The share of its configured memory that a function needed. */
export function shareUsed(measured: Measured): number {
  return peakBytes(measured) / (measured.memoryMegabytes * 1024 ** 2);
}

/** A line for each function: what it took, what it has, and what other sizes would cost. */
export function memoryTable(all: readonly Measured[]): string {
  const head = [
    'function',
    'peak MiB',
    'has MB',
    'used',
    'invocations',
    'CPU ms, median',
    'most',
    'wall ms, median',
    'most',
    'load CPU ms',
    'enough MB',
    ...SIZES.map((size) => `$/M at ${size}`),
  ];
  return alignedTable([head, ...all.map(line)]);
}

function line(measured: Measured): string[] {
  const { folder, memoryMegabytes, readings } = measured;
  const peak = peakBytes(measured);
  const loads = readings.filter(({ name }) => name === 'load');
  const invocations = readings.filter(({ name }) => name === 'invoke');
  const at = (figure: (of: Reading) => number, share: number, of = invocations) =>
    percentile(of.map(figure), share).toFixed(0);
  const cpu = ({ cpuMs }: Reading) => cpuMs;
  const wall = ({ wallMs }: Reading) => wallMs;
  const enoughMegabytes = Math.ceil(peak / COMFORTABLE / STEP_BYTES) * 64;
  return [
    folder,
    (peak / 1024 ** 2).toFixed(0),
    String(memoryMegabytes),
    `${(shareUsed(measured) * 100).toFixed(0)} %`,
    String(invocations.length),
    at(cpu, 0.5),
    at(cpu, 1),
    at(wall, 0.5),
    at(wall, 1),
    at(cpu, 0.5, loads),
    String(enoughMegabytes),
    ...SIZES.map((size) => dollarsAMillion(invocations, size).toFixed(2)),
  ];
}
