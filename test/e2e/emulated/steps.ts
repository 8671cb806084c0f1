import { messageOf } from '../../../shared/errors.ts';

/** Thrown by a step that others depend on; it has been printed already. */
export class StepFailedError extends Error {
  override readonly name = 'StepFailedError';
}

/** The steps of a run, printed as they end, and counted. */
export interface Steps {
  /**
   * Does what the steps after it need, and returns what came of it. `detail` is printed with it.
   * @throws StepFailedError when it fails
   */
  step<T>(name: string, work: () => Promise<T>, detail?: (outcome: T) => string): Promise<T>;
  /** Checks something that no other step needs; the text it returns is printed with it. */
  check(name: string, work: () => Promise<string | undefined>): Promise<void>;
  skip(name: string, why: string): void;
  note(text: string): void;
  /** The line that ends a run. */
  summary(): string;
  readonly failed: number;
}

/** @param nowMs a clock in milliseconds, to say how long each step took */
export function createSteps(print: (line: string) => void, nowMs: () => number): Steps {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const step: Steps['step'] = async (name, work, detail) => {
    const startedAtMs = nowMs();
    const seconds = () => `${((nowMs() - startedAtMs) / 1000).toFixed(1)} s`;
    try {
      const outcome = await work();
      const words = detail?.(outcome);
      counts.passed++;
      print(`✓ ${name} in ${seconds()}${words ? `: ${words}` : ''}`);
      return outcome;
    } catch (error) {
      counts.failed++;
      print(`✗ ${name}, after ${seconds()}: ${messageOf(error)}`);
      throw new StepFailedError(name, { cause: error });
    }
  };
  return {
    step,
    async check(name, work) {
      await step(name, work, (text) => text ?? '').catch((error: unknown) => {
        if (!(error instanceof StepFailedError)) throw error;
      });
    },
    skip(name, why) {
      counts.skipped++;
      print(`- ${name}: skipped, ${why}`);
    },
    note: (text) => print(`  ${text}`),
    summary() {
      const { passed, failed, skipped } = counts;
      return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
    },
    get failed() {
      return counts.failed;
    },
  };
}
