import { join } from 'node:path';
import { STACK } from './cdk.ts';
import { readStack } from './deployed-stack.ts';
import type { DeployedWorld, EmulatedWorld } from './emulated-world.ts';
import { ROOT } from './previous-version.ts';
import { succeed } from './run-program.ts';

/** Deploys a synthesized app. */
export async function deployStack(world: EmulatedWorld, assembly: string): Promise<DeployedWorld> {
  const { outputs } = await world.cdk.deploy(assembly);
  return { ...world, stack: await readStack(outputs, world.clients) };
}

/**
 * What a user has to do once: registers the webhook, and stores both secrets with `npm run setup`, which
 * tries the key first.
 */
export async function setUp(world: DeployedWorld): Promise<string> {
  const { box, stack, surroundings, apiKey, webhookSecret: secret } = world;
  box.registerWebhook({ url: stack.webhookUrl, secret });
  const said = await succeed(process.execPath, [join(ROOT, 'cli', 'setup.ts'), '--stack', STACK], {
    ...surroundings,
    input: `${apiKey}\n${secret}\n`,
  });
  if (said.includes(secret) || said.includes(apiKey)) throw new Error('it has printed a secret');
  return 'both secrets are stored';
}
