import { expect, it } from 'vitest';
import { createSteps, StepFailedError } from '../../e2e/emulated/steps.ts';

function start() {
  const lines: string[] = [];
  let nowMs = 0;
  const steps = createSteps(
    (line) => lines.push(line),
    () => nowMs,
  );
  const lasting = async <T>(ms: number, outcome: T) => {
    nowMs += ms;
    return outcome;
  };
  return { steps, lines, lasting };
}

it('prints how long a step took, with what came of it, and returns that', async () => {
  const { steps, lines, lasting } = start();
  const outcome = await steps.step(
    'deployed',
    () => lasting(6_730, 77),
    (n) => `${n} resources`,
  );
  expect(outcome).toBe(77);
  expect(lines).toEqual(['✓ deployed in 6.7 s: 77 resources']);
  expect(steps.summary()).toBe('1 passed, 0 failed');
});

it('says why a step failed, and goes no further', async () => {
  const { steps, lines } = start();
  const failing = steps.step('bootstrapped', async () => {
    throw new Error('no bucket');
  });
  await expect(failing).rejects.toThrow(StepFailedError);
  expect(lines).toEqual(['✗ bootstrapped, after 0.0 s: no bucket']);
  expect(steps.failed).toBe(1);
});

it('goes on after a check that failed, and counts it', async () => {
  const { steps, lines, lasting } = start();
  await steps.check('empty', async () => {
    throw new Error('there are changes');
  });
  await steps.check('kept', () => lasting(100, undefined));
  expect(lines).toEqual(['✗ empty, after 0.0 s: there are changes', '✓ kept in 0.1 s']);
  expect(steps.summary()).toBe('1 passed, 1 failed');
});

it('counts what was skipped, and says why', () => {
  const { steps, lines } = start();
  steps.skip('upgrade', 'there is no history');
  expect(lines).toEqual(['- upgrade: skipped, there is no history']);
  expect(steps.summary()).toBe('0 passed, 0 failed, 1 skipped');
});
