import * as z from 'zod';
import { CloudError } from '../cloud-error.ts';
import type { Stack } from '../template/stack.ts';
import type { FunctionPlan } from './functions.ts';
import type { QueuePlan } from './queues.ts';
import { readProperties } from './read-properties.ts';

/** A queue whose messages a function is given. */
export interface EventSourcePlan {
  readonly queue: QueuePlan;
  readonly functionLogicalId: string;
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  /** The most batches of this queue at once; undefined: as many as the function takes. */
  readonly maximumConcurrency: number | undefined;
  readonly reportsBatchItemFailures: boolean;
}

const DEFAULT_BATCH_SIZE = 10;
const LARGEST_UNWINDOWED_BATCH = 10;

const mappingProperties = z.object({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  BatchSize: z.coerce.number().min(1).max(10_000).default(DEFAULT_BATCH_SIZE),
  MaximumBatchingWindowInSeconds: z.coerce.number().min(0).max(300).default(0),
  Enabled: z.boolean().default(true),
  ScalingConfig: z
    .object({ MaximumConcurrency: z.coerce.number().min(2).max(1000).optional() })
    .default({}),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).default([]),
});

/** The event source mappings that a stack asks for; refuses those that AWS would. */
export function planEventSources(
  stack: Stack,
  queues: readonly QueuePlan[],
  functions: readonly FunctionPlan[],
): EventSourcePlan[] {
  return stack.resources('AWS::Lambda::EventSourceMapping').flatMap((resource) => {
    const { logicalId } = resource;
    const mapping = readProperties(resource, mappingProperties);
    const queue = queues.find(({ arn }) => arn === mapping.EventSourceArn);
    if (!queue) throw new CloudError(`${logicalId}: ${mapping.EventSourceArn} is no queue here`);
    const target = functionNamed(functions, mapping.FunctionName, logicalId);
    checkAsAwsDoes(logicalId, mapping, queue, target);
    if (!mapping.Enabled) return [];
    return {
      queue,
      functionLogicalId: target.logicalId,
      batchSize: mapping.BatchSize,
      batchingWindowMs: mapping.MaximumBatchingWindowInSeconds * 1000,
      maximumConcurrency: mapping.ScalingConfig.MaximumConcurrency,
      reportsBatchItemFailures: mapping.FunctionResponseTypes.length > 0,
    };
  });
}

/** The function that a template names by its name or its ARN. */
export function functionNamed(
  functions: readonly FunctionPlan[],
  nameOrArn: string,
  where: string,
): FunctionPlan {
  const found = functions.find(
    ({ functionName, arn }) => functionName === nameOrArn || arn === nameOrArn,
  );
  if (!found) throw new CloudError(`${where}: ${nameOrArn} is no function here`);
  return found;
}

function checkAsAwsDoes(
  logicalId: string,
  mapping: z.infer<typeof mappingProperties>,
  queue: QueuePlan,
  target: FunctionPlan,
): void {
  if (queue.visibilityTimeoutSeconds < target.timeoutSeconds) {
    throw new CloudError(
      `${logicalId}: AWS refuses a queue (${queue.logicalId}) whose visibility timeout of ${queue.visibilityTimeoutSeconds} s is below the ${target.timeoutSeconds} s timeout of its function (${target.logicalId})`,
    );
  }
  if (mapping.BatchSize > LARGEST_UNWINDOWED_BATCH && mapping.MaximumBatchingWindowInSeconds < 1) {
    throw new CloudError(
      `${logicalId}: AWS refuses batches of ${mapping.BatchSize} without a batching window of at least 1 s`,
    );
  }
}
