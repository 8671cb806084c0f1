import { putSecrets, readStack } from './deployed-stack.ts';
import type { DeployedWorld, EmulatedWorld } from './emulated-world.ts';

/** Deploys a synthesized app, and does what a user has to: puts the secrets in place, registers the webhook. */
export async function deployStack(world: EmulatedWorld, assembly: string): Promise<DeployedWorld> {
  const { cdk, clients, box, apiKey, webhookSecret } = world;
  const { outputs } = await cdk.deploy(assembly);
  const stack = await readStack(outputs, clients);
  await putSecrets(outputs, { apiKey, webhookSecret }, clients);
  box.removeWebhook(stack.webhookUrl);
  box.registerWebhook({ url: stack.webhookUrl, secret: webhookSecret });
  return { ...world, stack };
}
