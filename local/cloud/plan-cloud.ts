import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { Assembly } from './assembly.ts';
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
}

/** What the template leaves to whoever starts it. */
export interface Overrides {
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** Reads out of the assembly what there is to make and run; refuses what can't be. */
export function planCloud(
  assembly: Assembly,
  endpoints: Endpoints,
  { environment = {}, secrets = {} }: Overrides,
): CloudPlan {
  const addresses = { queues: endpoints.sqs, httpApi: endpoints.httpApi };
  const stack = new Stack(assembly.template, assembly.stackName, addresses);
  const queues = planQueues(stack);
  const functions = planFunctions(stack, assembly, environment);
  return {
    queues,
    functions,
    buckets: planBuckets(stack, queues),
    tables: planTables(stack),
    secrets: planSecrets(stack, secrets),
    eventSources: planEventSources(stack, queues, functions),
    httpApi: planHttpApi(stack, functions),
    schedules: planSchedules(stack, functions),
    outputs: stack.outputs(),
  };
}
