import type { Outcome } from '../main.ts';
import { type SeededDice, seededDice } from '../seeded-dice.ts';
import { crowdedWorlds } from './crowded-worlds.ts';
import { lostReplies } from './lost-replies.ts';
import { mistakenRefusals } from './mistaken-refusals.ts';
import { poisonPositions } from './poison-positions.ts';
import { poisonWorlds } from './poison-worlds.ts';
import { poisonedProfile } from './poisoned-profile.ts';
import { randomPlans } from './random-plans.ts';
import { silentList } from './silent-list.ts';
import { slowFew } from './slow-few.ts';
import { takenSlots } from './taken-slots.ts';

const parts: readonly ((dice: SeededDice) => Promise<readonly string[]>)[] = [
  lostReplies,
  slowFew,
  randomPlans,
  crowdedWorlds,
  poisonPositions,
  poisonWorlds,
  poisonedProfile,
  mistakenRefusals,
  silentList,
  takenSlots,
];

/** The batcher in small worlds of its own, against everything that may befall a request. */
export async function runBatcher(seed: number): Promise<Outcome> {
  const beganMs = performance.now();
  const dice = seededDice(seed);
  const broken: string[] = [];
  for (const part of parts) broken.push(...(await part(dice)));
  console.log(`\nTook ${Math.round((performance.now() - beganMs) / 1000)} s.`);
  return { broken };
}
