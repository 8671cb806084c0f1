import type { Outcome } from '../main.ts';
import { seededDice } from '../seeded-dice.ts';
import { fuzzStreams } from './fuzz-streams.ts';
import { salvage } from './salvage.ts';

/** What becomes of results, whatever their stream looks like and however their batch ends. */
export async function runResults(seed: number): Promise<Outcome> {
  const beganMs = performance.now();
  const broken = [...(await fuzzStreams(seededDice(seed))), ...(await salvage())];
  console.log(`\nTook ${Math.round((performance.now() - beganMs) / 1000)} s.`);
  return { broken };
}
