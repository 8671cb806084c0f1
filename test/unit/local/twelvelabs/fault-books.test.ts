import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type FaultInput, faultKinds } from '../../../../local/twelvelabs/faults/fault.ts';
import { FaultPlan } from '../../../../local/twelvelabs/faults/fault-plan.ts';

describe('the faults of a plan', () => {
  it('are listed with their defaults, and with how often they were in question and struck', () => {
    const plan = new FaultPlan();
    const faultId = plan.set({ kind: 'double-webhook', skip: 1, times: 1 });
    for (let count = 0; count < 3; count += 1) plan.strike(['double-webhook'], {});
    const fault = { kind: 'double-webhook', copies: 2, skip: 1, times: 1 };
    expect(plan.list()).toEqual([{ faultId, fault, met: 3, struck: 1 }]);
  });

  it('end one by one, and all at once; the ids of later ones are new', () => {
    const plan = new FaultPlan();
    const [first, second] = [plan.set({ kind: 'lose-reply' }), plan.set({ kind: 'lose-request' })];
    expect(plan.end(first)).toBe(true);
    expect(plan.end(first)).toBe(false);
    expect(plan.strike(faultKinds.request, {}).map((each) => each.kind)).toEqual(['lose-request']);
    plan.clear();
    expect(plan.list()).toEqual([]);
    expect(plan.strike(faultKinds.request, {})).toEqual([]);
    expect([first, second]).not.toContain(plan.set({ kind: 'lose-reply' }));
  });

  it('can not be changed through what was listed', () => {
    const plan = new FaultPlan();
    plan.set({ kind: 'lose-reply', times: 1 });
    const [listed] = plan.list();
    plan.strike(['lose-reply'], {});
    expect(listed).toMatchObject({ met: 0, struck: 0 });
  });

  it('that choose by chance choose the same for the same subject and seed', () => {
    const plan = new FaultPlan();
    plan.set({ kind: 'cut', withinBytes: 9, seed: 'a' });
    const [cut] = plan.strike(['cut'], {});
    if (!cut) throw new Error('the fault did not strike');
    expect(plan.chance(cut, 'req-1')).toBe(new FaultPlan().chance(cut, 'req-1'));
    expect(plan.chance(cut, 'req-1')).not.toBe(plan.chance(cut, 'req-2'));
    expect(plan.chance({ ...cut, seed: 'b' }, 'req-1')).not.toBe(plan.chance(cut, 'req-1'));
  });
});

describe('what is no fault', () => {
  it.each<[string, unknown, string]>([
    ['no object', 'lose-reply', ''],
    ['no kind', {}, 'kind'],
    ['an unknown kind', { kind: 'explode' }, 'kind'],
    ['an unknown field', { kind: 'lose-reply', colour: 'red' }, ''],
    ['the field of another kind', { kind: 'lose-reply', status: 500 }, ''],
    ['an unknown operation', { kind: 'lose-reply', operation: 'batches.explode' }, 'operation'],
    ['no strike at all', { kind: 'lose-reply', times: 0 }, 'times'],
    ['half a strike', { kind: 'lose-reply', times: 1.5 }, 'times'],
    ['less than none to pass', { kind: 'lose-reply', skip: -1 }, 'skip'],
    ['more than a certainty', { kind: 'lose-reply', probability: 1.1 }, 'probability'],
    ['a chance that is no number', { kind: 'lose-reply', probability: NaN }, 'probability'],
    ['a seed that is a number', { kind: 'lose-reply', seed: 7 }, 'seed'],
    ['an answer without a status', { kind: 'answer' }, 'status'],
    ['a status that is none', { kind: 'answer', status: 99 }, 'status'],
    ['a body that is none', { kind: 'answer', status: 500, body: 'json' }, 'body'],
    ['a body of another type', { kind: 'answer', status: 500, body: { text: 1 } }, 'body'],
    [
      'a header that is no text',
      { kind: 'answer', status: 500, headers: { 'retry-after': 1 } },
      'headers.retry-after',
    ],
    [
      'a header with a bad name',
      { kind: 'answer', status: 500, headers: { 'a b': '' } },
      'headers.a b',
    ],
    [
      'a header of two lines',
      { kind: 'answer', status: 500, headers: { a: '1\r\nb: 2' } },
      'headers.a',
    ],
    [
      'a length that is not that of the body',
      { kind: 'answer', status: 500, headers: { 'Content-Length': '5' } },
      'headers.Content-Length',
    ],
    ['a delay without a length', { kind: 'slow' }, 'ms'],
    ['a delay into the past', { kind: 'slow', ms: -1 }, 'ms'],
    ['an endless delay', { kind: 'slow', ms: Infinity }, 'ms'],
    ['an ending that is none', { kind: 'cut', ending: 'soft' }, 'ending'],
    ['a cut before the beginning', { kind: 'cut', afterBytes: -1 }, 'afterBytes'],
    ['one copy as several', { kind: 'double-webhook', copies: 1 }, 'copies'],
    ['a refusal that is none', { kind: 'poison-asset', status: 200 }, 'status'],
  ])('is refused with the name of its field: %s', (_, input, field) => {
    const plan = new FaultPlan();
    const refusal = refusalOf(() => plan.set(input as FaultInput));
    expect(refusal.issues.map((issue) => issue.path.join('.'))).toEqual([field]);
    expect(plan.list()).toEqual([]);
  });

  it('names the field that it does not know', () => {
    const refusal = refusalOf(() =>
      new FaultPlan().set({ kind: 'slow', ms: 1, x: 1 } as FaultInput),
    );
    expect(refusal.issues).toMatchObject([{ code: 'unrecognized_keys', keys: ['x'] }]);
  });
});

function refusalOf(set: () => unknown): z.ZodError {
  try {
    set();
  } catch (error) {
    if (error instanceof z.ZodError) return error;
    throw error;
  }
  throw new Error('the fault was taken');
}
