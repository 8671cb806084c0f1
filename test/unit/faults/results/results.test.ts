import { describe, expect, it } from 'vitest';
import { endings } from '../../../faults/results/endings.ts';
import { fuzz } from '../../../faults/results/fuzz.ts';
import { liveSalvage } from '../../../faults/results/live-salvage.ts';
import { seededDice } from '../../../faults/seeded-dice.ts';
import { spoiltCollectors } from './spoilt-collectors.ts';

// `npm run faults -- results` lives 10,000 cases, and batches of 1,000.
const SEED = 3;

describe('results as nobody wants them', () => {
  it('are taken whole, line by line, and come back from the archive', async () => {
    const { broken, tally } = await fuzz(seededDice(SEED), { cases: 60 });
    expect(broken).toEqual([]);
    expect(tally.cases).toBe(60);
  });

  it.each(spoiltCollectors)('find a collector that %s', async (_, words, spoil) => {
    const { broken } = await fuzz(seededDice(SEED), { cases: 60, spoil, until: words });
    expect(broken).toContainEqual(expect.stringMatching(words));
  });
});

describe('a batch of 20 that ends too early', () => {
  it.each(
    endings.flatMap((ending) =>
      [0, 1, 10, 19, 20].map((done) => [ending.name, done, ending] as const),
    ),
  )('%s, with %i done: each is paid once', async (_, done, ending) => {
    const { broken } = await liveSalvage(20, done, ending);
    expect(broken).toEqual([]);
  });
});
