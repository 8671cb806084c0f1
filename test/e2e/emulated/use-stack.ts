import { deepStrictEqual } from 'node:assert/strict';
import type { Assemblies } from './assemblies.ts';
import { poisonEndsAsDeadLetter } from './dead-letters.ts';
import { deployStack, setUp } from './deploy-stack.ts';
import { statefulNames } from './deployed-stack.ts';
import { expectDataKept, expectRestDeleted } from './destroyed-stack.ts';
import { firstWave, plainWave, struckWave } from './drops.ts';
import type { DeployedWorld, EmulatedWorld } from './emulated-world.ts';
import { killAtWork, victims } from './kill-functions.ts';
import { letLeaseEnd } from './let-lease-end.ts';
import { askDoctor, readByCommand } from './user-commands.ts';
import { type Drop, dropWave, expectOutcome, expectPaidOnce, rowsOf, waveEnds } from './waves.ts';
import { expectForgeriesRefused } from './webhooks.ts';

/** So long a video may take: the pipeline's clock, which looks once a minute, may be needed on the way. */
const WAVE_SECONDS = 180;

/** Deploys the stack, over an earlier version where there is one, puts it to work and destroys it. */
export async function useStack(world: EmulatedWorld, assemblies: Assemblies): Promise<void> {
  const { steps, cdk } = world;
  await steps.step('bootstrapped', () => cdk.bootstrap());
  const first = await firstWave();
  const deployed = await upgrade(world, assemblies, first);
  const plain = plainWave();
  await putToWork(deployed, plain, first);
  const struck = await struckWave();
  await strike(deployed, struck, [...first, ...plain, ...struck]);
  await deployAgain(deployed, assemblies.current);
  await steps.step('destroyed', () => cdk.destroy(assemblies.current));
  await steps.check('what it held is kept', () =>
    expectDataKept(deployed, [...first, ...plain, ...struck]),
  );
  await steps.check('all else is deleted', () => expectRestDeleted(deployed));
}

/** A video goes through the earlier version; then this one is deployed over it. */
async function upgrade(
  world: EmulatedWorld,
  { current, previous }: Assemblies,
  wave: readonly Drop[],
): Promise<DeployedWorld> {
  const { steps } = world;
  const describe = ({ stack }: DeployedWorld) => `${stack.resources.length} resources`;
  if (!previous) steps.skip('upgrade', 'there is no earlier version in the history here');
  else if (!previous.hasSamePackages) {
    steps.note('the earlier version is bundled with the packages of this one');
  }
  const deploy = (assembly: string) => deployStack(world, assembly);
  const earlier = previous?.assembly ?? current;
  const name = previous ? 'the earlier version deployed' : 'deployed';
  const before = await steps.step(name, () => deploy(earlier), describe);
  await steps.step('`npm run setup` stored the secrets', () => setUp(before));
  await steps.step('a video went through it', () => passWave(before, wave));
  if (!previous) return before;
  const after = await steps.step('this version deployed over it', () => deploy(current), describe);
  await steps.check('the upgrade keeps what holds data, by its name, and the rows', async () => {
    const kept = statefulNames(before.stack);
    const now = statefulNames(after.stack);
    deepStrictEqual(
      kept.filter((it) => !now.includes(it)),
      [],
    );
    expectOutcome(wave, await Promise.all(wave.map(({ key }) => rowsOf(after, key))));
    return `${kept.length} names`;
  });
  return after;
}

async function putToWork(
  world: DeployedWorld,
  wave: readonly Drop[],
  before: readonly Drop[],
): Promise<void> {
  const { steps, stack } = world;
  await steps.step('videos with awkward names went through, and what is none was refused', () =>
    passWave(world, wave),
  );
  const all = [...before, ...wave];
  await steps.check('the provider was paid once for each', async () => expectPaidOnce(world, all));
  await steps.check('`npm run result` shows every result', () => readByCommand(world, wave));
  await steps.check('the API refuses forged events', () =>
    expectForgeriesRefused(stack.webhookUrl, world.webhookSecret),
  );
  await steps.check('`npm run doctor` finds it fit to work', () => askDoctor(world));
}

async function strike(
  world: DeployedWorld,
  wave: readonly Drop[],
  all: readonly Drop[],
): Promise<void> {
  const { steps } = world;
  await dropWave(world, wave);
  for (const victim of victims) {
    await steps.step(
      `${victim.functionName} killed while it waits for ${victim.operation}`,
      () => killAtWork(victim, world),
      (count) => `${count} with kill -9`,
    );
  }
  const rows = await letLeaseEnd(world, ['register-asset', 'collect-results']);
  steps.note(`${rows} rows that the dead held are due now, not in minutes`);
  await steps.step('every video of that wave went through all the same', async () => {
    expectOutcome(wave, await waveEnds(world, wave, WAVE_SECONDS));
  });
  await steps.check('nothing was paid twice', async () => expectPaidOnce(world, all));
  await steps.check('poison ends in the dead-letter queue', () => poisonEndsAsDeadLetter(world));
}

async function deployAgain({ steps, cdk }: EmulatedWorld, assembly: string): Promise<void> {
  await steps.check('a second deployment changes nothing', async () => {
    const { isUnchanged } = await cdk.deploy(assembly);
    if (!isUnchanged) throw new Error('cdk deployed changes');
    return undefined;
  });
  await steps.check('cdk diff finds no difference', () => cdk.expectNoDifference(assembly));
}

async function passWave(world: DeployedWorld, wave: readonly Drop[]): Promise<void> {
  await dropWave(world, wave);
  expectOutcome(wave, await waveEnds(world, wave, WAVE_SECONDS));
}
