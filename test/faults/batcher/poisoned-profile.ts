import { startBatcherWorld } from '../../support/batcher-world.ts';
import { aProfile } from '../../support/rows.ts';
import { alignedTable } from '../aligned-table.ts';
import type { SeededDice } from '../seeded-dice.ts';
import { brokenIn, createsIn } from './world-verdict.ts';

const OF_THE_PROFILE = 60;
const OF_OTHERS = 140;
const REFUSED_MINUTES = 4 * 60;
const AFTERWARDS_MINUTES = 25 * 60;
/** Three searches by halves among all, what each sets free, and a probe now and then. */
const MOST_CREATES = 3 * (9 + 8) + 10;

/**
 * The provider refuses whatever one profile asks, for hours. Its analyses are held back but for a few
 * that are tried, those of the other profile go; afterwards the rest becomes ready.
 */
export async function poisonedProfile(dice: SeededDice): Promise<string[]> {
  console.log(`\nA profile that is refused for ${REFUSED_MINUTES / 60} hours`);
  const profiles = [aProfile(), aProfile({ name: 'refused', prompt: 'Who is to blame?' })];
  await using world = await startBatcherWorld({ profiles });
  const assetId = await world.newAsset('refused.webm');
  const fault = { kind: 'poison-asset', status: 422, code: 'http_422', assetId } as const;
  const faultId = world.box.faults.set(fault);
  const isRefused = [...Array(OF_THE_PROFILE + OF_OTHERS).keys()].map((at) => at < OF_THE_PROFILE);
  for (const its of dice.shuffled(isRefused, 'order of profiles')) {
    await world.queue(1, its ? { assetId, profile: 'refused' } : {});
  }
  await world.submit();
  await world.letEnd(REFUSED_MINUTES);

  const meanwhile = Map.groupBy(world.analyses(), ({ profile, state }) => `${profile} ${state}`);
  const count = (name: string) => meanwhile.get(name)?.length ?? 0;
  const held = meanwhile.get('refused queued') ?? [];
  const untold = held.filter(({ reason }) => reason?.code !== 'profile_refused').length;
  const creates = createsIn(world);
  const failing = count('refused failed');
  const broken: string[] = [];
  if (count('summary ready') !== OF_OTHERS)
    broken.push(`${count('summary ready')} others are ready`);
  if (untold > 0) broken.push(`${untold} of those held back do not say why`);
  if (creates > MOST_CREATES) broken.push(`${creates} creates`);

  world.box.faults.end(faultId);
  const minutes = await world.letEnd(AFTERWARDS_MINUTES);
  console.log(
    alignedTable([
      ['analyses of other profiles, ready meanwhile', count('summary ready')],
      ['of the refused one, tried alone and failed', failing],
      ['  held back', held.length],
      ['creates in that time', creates],
      ['hours after its end until all were ready', minutes / 60],
      ['creates until then', createsIn(world) - creates],
    ]),
  );
  return [...broken, ...brokenIn(world, { failing })].map((words) => `refused profile: ${words}`);
}
