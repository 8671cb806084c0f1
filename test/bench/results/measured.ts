import { peakBytes } from '../peak-bytes.cjs';

/** What one piece of work took the process that did nothing else. */
export interface Took {
  readonly wallSeconds: number;
  /** Of all threads, the garbage collector's too. */
  readonly cpuSeconds: number;
  readonly peakRssMebibytes: number;
  /** From the start of the process to the end of the work: with loading its modules. */
  readonly processSeconds: number;
}

/** Does the work of this process and takes its measure: from when all modules are loaded. */
export async function measured(work: () => Promise<void>): Promise<Took> {
  const cpuBefore = process.cpuUsage();
  const beganMs = performance.now();
  await work();
  const endedMs = performance.now();
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    wallSeconds: (endedMs - beganMs) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakRssMebibytes: peakBytes() / 1024 ** 2,
    processSeconds: endedMs / 1000,
  };
}

/** Tells the parent what the work of this process took, and ends when it has heard, or is gone. */
export async function tellParent(outcome: Promise<object>): Promise<void> {
  process.once('disconnect', () => process.exit());
  try {
    process.send?.(await outcome);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exit(1);
  }
}
