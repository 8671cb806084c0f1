import { describe, expect, it } from 'vitest';
import { verifySignature } from '../../../../functions/receive-webhook/verify-signature.ts';
import { chanceOf } from '../../../faults/results/chance.ts';
import { bodyMutations } from './body-mutations.ts';
import { type ArrivedRequest, genuineRequest, type Mutation } from './genuine-request.ts';
import { harmlessMutations, headerMutations } from './header-mutations.ts';
import { signatureMutations } from './signature-mutations.ts';
import { timeMutations } from './time-mutations.ts';

/** `SEED=… npm test` tries others. */
const SEED = Number(process.env['SEED'] ?? 20_261_121);
const TRIES = 1_500;

// None is judged by asking the verifier: each takes away something without which no request is
// genuine, or nothing that matters.
const invalidating = Object.entries({
  ...bodyMutations,
  ...timeMutations,
  ...signatureMutations,
  ...headerMutations,
});
const harmless = Object.entries(harmlessMutations);

describe('a genuine request', () => {
  it.each(harmless)('with %s is taken, every time', (_, mutate) => {
    const refused = tried(mutate).filter((request) => verdictOn(request) !== 'valid');
    expect(refused.slice(0, 3)).toEqual([]);
  });

  it.each(invalidating)('with %s is never taken', (_, mutate) => {
    const taken = tried(mutate).filter((request) => verdictOn(request) === 'valid');
    expect(taken.slice(0, 3)).toEqual([]);
  });

  it('was made something else of a hundred thousand times', () => {
    expect(invalidating.length * TRIES).toBeGreaterThanOrEqual(100_000);
  });
});

/** What a mutation makes of genuine requests, each of them another. */
function tried(mutate: Mutation): ArrivedRequest[] {
  const chance = chanceOf(SEED);
  return Array.from({ length: TRIES }, () => {
    const { header, body, secrets, now, ...known } = genuineRequest(chance);
    const arrived = { header, body, secrets, now };
    return { ...arrived, ...mutate({ ...arrived, ...known }, chance) };
  });
}

function verdictOn({ header, body, secrets, now }: ArrivedRequest) {
  return verifySignature(header, body, secrets, now);
}
