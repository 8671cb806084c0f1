import pMap from 'p-map';
import type { SeededDice } from '../seeded-dice.ts';
import { chanceOf } from './chance.ts';
import { liveCase, type Spoil } from './live-case.ts';
import { Tally } from './tally.ts';

/** While one waits for bytes, another works. */
const CASES_AT_ONCE = 4;

export interface FuzzOptions {
  readonly cases: number;
  /** Something wrong in the collector, to see that it is found. */
  readonly spoil?: Spoil;
  /** Stops once something broke whose words match. */
  readonly until?: RegExp;
  readonly tell?: (line: () => string) => void;
}

/** Batches with results as nobody wants them, each until a reading in which all is well. */
export async function fuzz(
  dice: SeededDice,
  { cases, spoil, tell, until }: FuzzOptions,
): Promise<{ readonly broken: readonly string[]; readonly tally: Tally }> {
  const tally = new Tally();
  const broken: string[] = [];
  let isFound = false;
  const numbers = Array.from({ length: cases }, (_, number) => number);
  await pMap(
    numbers,
    async (number) => {
      if (isFound) return;
      const chance = chanceOf(dice.whole(0, 2 ** 32 - 1, 'case', number));
      const words = await liveCase(chance, tally, spoil);
      const [first, ...others] = words;
      const more = others.length > 0 ? ` (and ${others.length} more)` : '';
      if (first) broken.push(`case ${number}, ${first}${more}`);
      isFound ||= words.some((each) => until?.test(each));
      tally.cases += 1;
      tell?.(() => `${tally.cases} of ${cases} cases`);
    },
    { concurrency: CASES_AT_ONCE },
  );
  return { broken, tally };
}
