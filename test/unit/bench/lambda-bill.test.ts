import { expect, it } from 'vitest';
import { dollarsAMillion } from '../../bench/memory/lambda-bill.ts';

const invocation = (wallMs: number, cpuMs: number) =>
  ({ folder: 'wake-due', name: 'invoke', wallMs, cpuMs, peakBytes: 0 }) as const;

/** Of a million requests. */
const REQUESTS = 0.2;
const aSecondAt = (megabytes: number) => (megabytes / 1024) * 13.333_4;

it('bills a second of waiting as a second, whatever the memory', () => {
  const waited = [invocation(1_000, 0)];

  expect(dollarsAMillion(waited, 128)).toBeCloseTo(REQUESTS + aSecondAt(128));
  expect(dollarsAMillion(waited, 1769)).toBeCloseTo(REQUESTS + aSecondAt(1769));
});

it('bills a second of work as much longer as there is less of a vCPU', () => {
  const worked = [invocation(1_000, 1_000)];

  expect(dollarsAMillion(worked, 1769)).toBeCloseTo(REQUESTS + aSecondAt(1769));
  expect(dollarsAMillion(worked, 256)).toBeCloseTo(REQUESTS + aSecondAt(1769), 1);
  expect(dollarsAMillion(worked, 3538)).toBeCloseTo(REQUESTS + aSecondAt(3538));
});

it('bills no wait where two threads worked at once', () => {
  expect(dollarsAMillion([invocation(500, 1_000)], 1769)).toBeCloseTo(REQUESTS + aSecondAt(1769));
});
