import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Operation } from '../../../local/twelvelabs/http/operation.ts';
import type { Stage } from '../../../shared/lifecycle.ts';
import { waitFor } from '../../support/wait-for.ts';
import { physicalIdOf } from './deployed-stack.ts';
import type { DeployedWorld } from './emulated-world.ts';
import { processesOf } from './processes.ts';

/** A function, the stage and the queue that feed it, and what it asks the provider while it is killed. */
export interface Victim {
  readonly functionName: string;
  readonly stage: Stage;
  readonly queueName: string;
  readonly operation: Operation;
}

/** In the order in which a video meets them. The lease of submit-batches is seen to end elsewhere: `npm run faults -- recovery`. */
export const victims: readonly Victim[] = [
  {
    functionName: 'RegisterAssetFunction',
    stage: 'register-asset',
    queueName: 'ScheduledUploads',
    operation: 'assets.create',
  },
  {
    functionName: 'AdmitAssetFunction',
    stage: 'admit-asset',
    queueName: 'RegisteredAssets',
    operation: 'assets.list',
  },
  {
    functionName: 'CollectResultsFunction',
    stage: 'collect-results',
    queueName: 'ChangedBatches',
    operation: 'batches.results',
  },
];

/** Longer than it takes us to kill it. */
const HELD_MS = 10_000;
const TO_ASK_MS = 60_000;
/** For what a killed function held, instead of six times its timeout. */
const SOON_SECONDS = 3;

/**
 * Has the provider hold back its answer to the next request of the victim, and kills every process of
 * that function as soon as the request is there. Its messages come again within seconds.
 * @returns how many processes were killed
 */
export async function killAtWork(
  { functionName, queueName, operation }: Victim,
  world: DeployedWorld,
): Promise<number> {
  const { box, stack, emulator, surroundings } = world;
  const name = physicalIdOf(stack, 'AWS::Lambda::Function', functionName);
  await changeVisibility(world, queueName, SOON_SECONDS);
  const faultId = box.faults.set({ kind: 'slow', ms: HELD_MS, operation, times: 1 });
  const struck = () => {
    surroundings.signal.throwIfAborted();
    return box.faults.list().find((it) => it.faultId === faultId)?.struck === 1;
  };
  await waitFor(struck, {
    timeoutMs: TO_ASK_MS,
    describe: () => `${functionName} never asked for ${operation}: ${box.requests.join(' ')}`,
  });
  const processes = processesOf(name, await emulator.processes());
  for (const { pid } of processes) process.kill(pid, 'SIGKILL');
  if (processes.length === 0) throw new Error(`no process of ${name} is there to be killed`);
  return processes.length;
}

/** How long a message of a queue stays hidden from now on, for those that are received from now on. */
export async function changeVisibility(
  { clients, stack }: DeployedWorld,
  queueName: string,
  seconds: number,
): Promise<void> {
  const QueueUrl = physicalIdOf(stack, 'AWS::SQS::Queue', queueName);
  const Attributes = { VisibilityTimeout: String(seconds) };
  await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
}
