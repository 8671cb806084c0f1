import { alignedTable } from '../aligned-table.ts';
import { tellNowAndThen } from '../batcher/progress.ts';
import type { SeededDice } from '../seeded-dice.ts';
import { fuzz } from './fuzz.ts';

const CASES = 10_000;
/** Broken cases that are worded. */
const WORDS = 20;

/** Results cut, torn, doubled, garbled and contradicted: nothing that came is lost, nothing is made up. */
export async function fuzzStreams(dice: SeededDice): Promise<readonly string[]> {
  console.log(`${CASES.toLocaleString('en')} batches and their results`);
  const { broken, tally } = await fuzz(dice, { cases: CASES, tell: tellNowAndThen() });
  for (const table of [
    [
      ['cases', tally.cases],
      ['  in which something broke', broken.length],
    ],
    tally.readingTable(),
    tally.lineTable(),
    tally.endTable(),
    tally.memoryTable(),
  ]) {
    console.log(`${alignedTable(table)}\n`);
  }
  const more = broken.length - WORDS;
  return [...broken.slice(0, WORDS), ...(more > 0 ? [`and ${more} more cases`] : [])];
}
