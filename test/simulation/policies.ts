import {
  type PartialBatch,
  partialWaitSeconds,
  type Slots,
} from '../../functions/submit-batches/partial-wait.ts';

/** How many seconds from now a partial batch is kept back, given that a slot is free. */
export type Policy = (batch: PartialBatch, slots: Slots) => number;

const NEVER = Number.POSITIVE_INFINITY;

export const OURS = 'ours';

/** Ours and what it is compared with. Full batches go at once with each of them. */
export const policies: Readonly<Record<string, Policy>> = {
  [OURS]: partialWaitSeconds,
  'at once': () => 0,
  'only full': () => NEVER,
  '5 min timer': timer(5),
  '15 min timer': timer(15),
  '5 min if 2 free': whileTwoAreFree(timer(5)),
  '15 min if 2 free': whileTwoAreFree(timer(15)),
};

function timer(minutes: number): Policy {
  return ({ oldestAgeSeconds }) => 60 * minutes - oldestAgeSeconds;
}

function whileTwoAreFree(policy: Policy): Policy {
  return (batch, slots) => (slots.free >= 2 ? policy(batch, slots) : NEVER);
}
