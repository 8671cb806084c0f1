import { describe, expect, it } from 'vitest';
import type { FaultInput } from '../../../../local/twelvelabs/faults/fault.ts';
import { faultKinds } from '../../../../local/twelvelabs/faults/fault.ts';
import { FaultPlan, type FaultSubject } from '../../../../local/twelvelabs/faults/fault-plan.ts';

const everyKind = Object.values(faultKinds).flat();

/** How a fault that is met over and over strikes, as `x` and `.`. */
function course(fault: FaultInput, meetings: number, subject: FaultSubject = {}): string {
  const plan = new FaultPlan();
  plan.set(fault);
  const strikes = () => plan.strike(everyKind, subject).length > 0;
  return Array.from({ length: meetings }, () => (strikes() ? 'x' : '.')).join('');
}

describe('how often a fault strikes', () => {
  it.each<[string, Partial<FaultInput>, string]>([
    ['always', {}, 'xxxxxxxx'],
    ['a number of times', { times: 3 }, 'xxx.....'],
    ['after it let some pass', { skip: 2 }, '..xxxxxx'],
    ['both', { skip: 2, times: 3 }, '..xxx...'],
    ['never by no chance', { probability: 0 }, '........'],
    ['always by every chance', { probability: 1 }, 'xxxxxxxx'],
  ])('%s', (_, often, expected) => {
    expect(course({ kind: 'lose-reply', ...often } as FaultInput, 8)).toBe(expected);
  });

  it('by chance: about so often, the same with the same seed, another with another', () => {
    const halfOf = (seed: string) => ({ kind: 'lose-reply', probability: 0.5, seed }) as const;
    const first = course(halfOf('a'), 1_000);
    expect(course(halfOf('a'), 1_000)).toBe(first);
    expect(course(halfOf('b'), 1_000)).not.toBe(first);
    const share = [...first].filter((each) => each === 'x').length / 1_000;
    expect(share).toBeGreaterThan(0.44);
    expect(share).toBeLessThan(0.56);
  });

  it('by chance, as often as it may', () => {
    const seen = course({ kind: 'lose-reply', probability: 0.2, times: 2, skip: 5 }, 1_000);
    expect(seen.slice(0, 5)).toBe('.....');
    expect(seen.match(/x/g)).toHaveLength(2);
  });

  it('by a chance of its own: two like faults of a plan do not strike together', () => {
    const plan = new FaultPlan();
    plan.set({ kind: 'lose-reply', probability: 0.5 });
    plan.set({ kind: 'lose-request', probability: 0.5 });
    const together = Array.from({ length: 100 }, () => plan.strike(everyKind, {}).length);
    expect(new Set(together)).toEqual(new Set([0, 1, 2]));
  });
});

describe('what a fault strikes', () => {
  const subject: FaultSubject = {
    operation: 'batches.create',
    items: 10,
    filename: 'football/goals.mp4',
    assetId: 'a1',
    customId: 'job-1',
    taskId: 't1',
    type: 'analyze.batch.completed',
    url: 'http://127.0.0.1:1/',
  };

  it.each<[FaultInput, FaultInput]>([
    [
      { kind: 'slow', ms: 1, operation: 'batches.create' },
      { kind: 'slow', ms: 1, operation: 'batches.list' },
    ],
    [
      { kind: 'slow', ms: 1, minItems: 10 },
      { kind: 'slow', ms: 1, minItems: 11 },
    ],
    [
      { kind: 'stall-item', filename: 'goals' },
      { kind: 'stall-item', filename: 'Goals' },
    ],
    [
      { kind: 'stall-item', assetId: 'a1' },
      { kind: 'stall-item', assetId: 'a' },
    ],
    [
      { kind: 'stall-item', customId: 'job-1' },
      { kind: 'stall-item', customId: 'job-2' },
    ],
    [
      { kind: 'drop-line', taskId: 't1' },
      { kind: 'drop-line', taskId: 't2' },
    ],
    [
      { kind: 'lose-webhook', type: 'analyze.batch.completed' },
      { kind: 'lose-webhook', type: 'analyze.batch.expired' },
    ],
    [
      { kind: 'lose-webhook', url: 'http://127.0.0.1:1/' },
      { kind: 'lose-webhook', url: 'http://127.0.0.1:1' },
    ],
    [
      { kind: 'stall-item', customId: 'job-1', assetId: 'a1' },
      { kind: 'stall-item', customId: 'job-1', assetId: 'a2' },
    ],
  ])('%o, and not %o', (about, notAbout) => {
    expect(course(about, 1, subject)).toBe('x');
    expect(course(notAbout, 1, subject)).toBe('.');
    expect(course(about, 1, {})).toBe('.');
  });

  it('is no item without a custom id where one is asked for', () => {
    expect(course({ kind: 'stall-item', customId: 'null' }, 1, { customId: null })).toBe('.');
    expect(course({ kind: 'stall-item' }, 1, { customId: null })).toBe('x');
  });

  it('does not count what it is not about, nor what another kind decides', () => {
    const plan = new FaultPlan();
    plan.set({ kind: 'slow', ms: 1, operation: 'batches.list' });
    plan.strike(faultKinds.request, { operation: 'batches.create' });
    plan.strike(faultKinds.item, { operation: 'batches.list' });
    expect(plan.list()).toMatchObject([{ met: 0, struck: 0 }]);
  });

  it('is of several of one kind struck by the first; the next takes over when it is used up', () => {
    const plan = new FaultPlan();
    for (const status of [500, 503]) plan.set({ kind: 'answer', status, times: 1 });
    plan.set({ kind: 'slow', ms: 5 });
    const answers = () => plan.strike(faultKinds.request, {});
    expect(answers()).toMatchObject([{ status: 500 }, { kind: 'slow' }]);
    expect(answers()).toMatchObject([{ status: 503 }, { kind: 'slow' }]);
    expect(answers()).toMatchObject([{ kind: 'slow' }]);
  });
});
