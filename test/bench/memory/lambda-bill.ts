import type { Reading } from './readings.ts';

/**
 * The memory at which Lambda gives a function one whole vCPU; with less it gets its share of one.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const MEGABYTES_A_VCPU = 1_769;
/** A GB for a second on ARM in us-east-1, and a request. https://aws.amazon.com/lambda/pricing/ */
const DOLLARS_A_GIGABYTE_SECOND = 0.000_013_333_4;
const DOLLARS_A_REQUEST = 0.000_000_2;

/**
 * What a million such invocations would cost at a size of memory, in dollars: work takes as much
 * longer as there is less of a vCPU, waiting does not. A core of this machine counts as a vCPU.
 */
export function dollarsAMillion(invocations: readonly Reading[], megabytes: number): number {
  const share = Math.min(1, megabytes / MEGABYTES_A_VCPU);
  const billedMs = invocations.map(({ wallMs, cpuMs }) =>
    Math.ceil(Math.max(0, wallMs - cpuMs) + cpuMs / share),
  );
  const meanSeconds = billedMs.reduce((sum, ms) => sum + ms, 0) / billedMs.length / 1_000;
  const gigabyteSeconds = (megabytes / 1024) * meanSeconds;
  return 1e6 * (gigabyteSeconds * DOLLARS_A_GIGABYTE_SECOND + DOLLARS_A_REQUEST);
}
