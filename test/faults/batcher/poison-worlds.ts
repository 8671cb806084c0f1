import type { FaultInput } from '../../../local/twelvelabs/faults/fault.ts';
import { startBatcherWorld } from '../../support/batcher-world.ts';
import { alignedTable } from '../aligned-table.ts';
import { mean } from '../percentiles.ts';
import type { SeededDice } from '../seeded-dice.ts';
import { tellNowAndThen } from './progress.ts';
import { brokenIn, createsIn } from './world-verdict.ts';

const FEW = 16;
const FULL = 1_000;
const MOST_MINUTES = 24 * 60;
/** With which words the provider refuses a batch for an analysis; 409 may pass, and is tried again. */
const refusals = [
  { status: 400, code: 'parameter_invalid' },
  { status: 422, code: 'http_422' },
  { status: 404, code: 'resource_not_exists' },
  { status: 409, code: 'resource_conflict' },
] as const;

interface PoisonedWorld {
  readonly analyses: number;
  readonly poisons: number;
  readonly creates: number;
  readonly words: readonly string[];
}

/** Poisoned analyses in whole worlds: they fail, all others become ready and are paid once. */
export async function poisonWorlds(dice: SeededDice): Promise<string[]> {
  console.log('\nPoisons in whole worlds');
  const tell = tellNowAndThen();
  const worlds: PoisonedWorld[] = [];
  const placed = [
    ...Array.from({ length: FEW }, (_, at) => ({ of: FEW, at: [at] })),
    ...Array.from({ length: FEW }, (_, nth) => ({ of: FEW, at: twoOf(FEW, nth, dice) })),
    ...[0, 1, 499, 500, 624, 998, 999].map((at) => ({ of: FULL, at: [at] })),
    { of: FULL, at: [dice.whole(0, FULL - 1, 'poison of many')] },
    { of: FULL, at: twoOf(FULL, 0, dice) },
  ];
  for (const [number, { of, at }] of placed.entries()) {
    const { status, code } = refusals[number % refusals.length] ?? refusals[0];
    worlds.push(await liveOneWorld(of, at, { kind: 'poison-asset', status, code }));
    tell(() => `${number + 1} of ${placed.length} worlds`);
  }
  print(worlds);
  return worlds.flatMap(({ analyses, words }, number) => {
    const where = `${placed[number]?.at.join(' and ')} of ${analyses}`;
    return words.map((each) => `poison at ${where}: ${each}`);
  });
}

async function liveOneWorld(
  analyses: number,
  poisonsAt: readonly number[],
  fault: FaultInput & { kind: 'poison-asset' },
): Promise<PoisonedWorld> {
  await using world = await startBatcherWorld();
  const assetId = await world.newAsset('poison.webm');
  world.box.faults.set({ ...fault, assetId });
  let queued = 0;
  for (const at of poisonsAt) {
    await world.queue(at - queued);
    await world.queue(1, { assetId });
    queued = at + 1;
  }
  await world.queue(analyses - queued);
  await world.submit();
  await world.letEnd(MOST_MINUTES);
  const words = brokenIn(world, { failing: poisonsAt.length });
  const wrong = world.analyses().filter((it) => it.state === 'failed' && it.assetId !== assetId);
  if (wrong.length > 0) words.push(`${wrong.length} others failed`);
  return { analyses, poisons: poisonsAt.length, creates: createsIn(world), words };
}

function twoOf(count: number, nth: number, dice: SeededDice): number[] {
  const [first = 0, second = 1] = dice.shuffled([...Array(count).keys()], 'two poisons', nth);
  return [Math.min(first, second), Math.max(first, second)];
}

function print(worlds: readonly PoisonedWorld[]): void {
  const kinds = Map.groupBy(worlds, ({ analyses, poisons }) => `${poisons} of ${analyses}`);
  console.log(
    alignedTable([
      ['poisons', 'worlds', 'creates, mean', 'most'],
      ...[...kinds].map(([name, alike]) => {
        const creates = alike.map((it) => it.creates);
        return [name, alike.length, mean(creates), Math.max(...creates)];
      }),
    ]),
  );
}
