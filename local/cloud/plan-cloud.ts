import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { Assembly } from './assembly.ts';
import { CloudError } from './cloud-error.ts';
import type { DescribedStack } from './emulators/cloudformation.ts';
import type { InitialSecret } from './emulators/secrets-manager.ts';
import type { Endpoints } from './endpoints.ts';
import { type BucketPlan, planBuckets } from './resources/buckets.ts';
import { type EventSourcePlan, planEventSources } from './resources/event-sources.ts';
import { type FunctionPlan, planFunctions } from './resources/functions.ts';
import { type HttpApiPlan, planHttpApi } from './resources/http-routes.ts';
import { planQueues, type QueuePlan } from './resources/queues.ts';
import { planSchedules, type SchedulePlan } from './resources/schedules.ts';
import { planSecrets } from './resources/secrets.ts';
import { planTables } from './resources/tables.ts';
import { Stack } from './template/stack.ts';

/** All that a stack asks for, with every name and address resolved. */
export interface CloudPlan {
  readonly queues: readonly QueuePlan[];
  readonly buckets: readonly BucketPlan[];
  readonly tables: readonly CreateTableCommandInput[];
  readonly secrets: readonly InitialSecret[];
  readonly functions: readonly FunctionPlan[];
  readonly eventSources: readonly EventSourcePlan[];
  readonly httpApi: HttpApiPlan;
  readonly schedules: readonly SchedulePlan[];
  readonly outputs: Readonly<Record<string, string>>;
  /** The stack as CloudFormation tells of it. */
  readonly described: DescribedStack;
}

/** What the template leaves to whoever starts it. */
export interface Overrides {
  readonly environment?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** Reads out of the assembly what there is to make and run; refuses what can't be. */
export function planCloud(
  assembly: Assembly,
  endpoints: Endpoints,
  { environment = {}, outputs: given = {}, secrets = {} }: Overrides,
): CloudPlan {
  const addresses = { queues: endpoints.sqs, httpApi: endpoints.httpApi };
  const stack = new Stack(assembly.template, assembly.stackName, addresses);
  const queues = planQueues(stack);
  const functions = planFunctions(stack, assembly, environment);
  const outputs = outputsOf(stack, given);
  return {
    queues,
    functions,
    buckets: planBuckets(stack, queues),
    tables: planTables(stack),
    secrets: planSecrets(stack, secrets),
    eventSources: planEventSources(stack, queues, functions),
    httpApi: planHttpApi(stack, functions),
    schedules: planSchedules(stack, functions),
    outputs,
    described: { ...stack.described(), outputs },
  };
}

function outputsOf(stack: Stack, given: Readonly<Record<string, string>>): Record<string, string> {
  const outputs = stack.outputs();
  const unknown = Object.keys(given).find((name) => !(name in outputs));
  if (unknown !== undefined) throw new CloudError(`the stack has no output ${unknown} to set`);
  return { ...outputs, ...given };
}
