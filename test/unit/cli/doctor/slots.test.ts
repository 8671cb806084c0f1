import { expect, it } from 'vitest';
import { judgeSlots } from '../../../../cli/doctor/slots.ts';

const ours = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ providerBatchId: `a${at}`, isOurs: true }));
const stranger = { providerBatchId: 'b0', isOurs: false };

it.each([
  [[], 'ok', '0 of 5 taken'],
  [ours(2), 'ok', '2 of 5 taken, all by this stack'],
  [ours(5), 'warning', '5 of 5 taken, all by this stack; what is queued waits until one is free'],
  [[...ours(1), stranger], 'warning', '2 of 5 taken, 1 by others than this stack (b0)'],
  [
    [...ours(4), stranger],
    'warning',
    '5 of 5 taken, 1 by others than this stack (b0); what is queued waits until one is free',
  ],
])('says of %j: %s', (active, mark, text) => {
  expect(judgeSlots({ maxActive: 5, active })).toEqual({ mark, name: 'slots', text });
});
