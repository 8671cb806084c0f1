import { expect, it } from 'vitest';
import { idleMonth } from '../../../../cli/cost/idle-month.ts';
import { totalDollars } from '../../../../cli/cost/usage.ts';
import { quantityOf, smallFacts, smallOperations } from '../../../support/small-bill.ts';

const used = (facts: Partial<typeof smallFacts>, price: Parameters<typeof quantityOf>[1]) =>
  quantityOf(idleMonth({ ...smallFacts, ...facts }, smallOperations), price);

it('has a call of the clock for each tick of its schedule, and what such a call asks of the table', () => {
  expect(used({}, 'lambdaRequest')).toBe(43_800);
  expect(used({}, 'tableWrite')).toBe(43_800);
  expect(used({}, 'tableRead')).toBe(87_600);
  expect(used({ scheduledCalls: { WakeDue: 21_900 } }, 'tableRead')).toBe(43_800);
});

it('takes 10 ms for each call of AWS and the processor time, at the memory that the template gives', () => {
  // 100 ms of a whole processor and 10 calls of 10 ms.
  expect(used({}, 'lambdaArm')).toBeCloseTo((43_800 * 0.2 * 1_769) / 1_024, 6);
});

it('has 657,000 empty receives for each queue that Lambda polls', () => {
  expect(used({}, 'sqsRequest')).toBe(657_000);
  expect(used({ pollers: { A: 1, B: 10, C: 100 } }, 'sqsRequest')).toBe(3 * 657_000);
  expect(used({ pollers: {} }, 'sqsRequest')).toBe(0);
});

it('has a trace of each call a minute apart, if the function is traced', () => {
  expect(used({}, 'trace')).toBe(0);
  const functions = smallFacts.functions.map((it) => ({ ...it, isTraced: true }));
  expect(used({ functions }, 'trace')).toBe(43_800);
});

it.each([
  ['secrets', 0.4],
  ['alarmMetrics', 0.1],
  ['fastAlarmMetrics', 0.3],
  ['compositeAlarms', 0.5],
  ['dashboards', 3],
  ['keys', 1],
])('%s add $%d each', (name, dollars) => {
  const cost = (count: number) =>
    totalDollars(idleMonth({ ...smallFacts, [name]: count }, smallOperations));
  expect(cost(2) - cost(0)).toBeCloseTo(2 * dollars, 9);
});
