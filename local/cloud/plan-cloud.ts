import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { type AccessPlan, planAccess } from './access/access-plan.ts';
import { checkInvokePermissions } from './access/invoke-permissions.ts';
import { checkNotifications, type GrantUse, serviceCalls } from './access/service-calls.ts';
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
  readonly access: AccessPlan;
  /** What Lambda itself does with the rights of functions. */
  readonly serviceCalls: readonly GrantUse[];
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
  const buckets = planBuckets(stack, queues);
  const eventSources = planEventSources(stack, queues, functions);
  const httpApi = planHttpApi(stack, functions);
  const schedules = planSchedules(stack, functions);
  const outputs = outputsOf(stack, given);
  const access = planAccess(stack, queues, functions);
  checkNotifications(access, buckets, queues);
  checkInvokePermissions(stack, { functions, httpApi, schedules });
  return {
    queues,
    functions,
    buckets,
    tables: planTables(stack),
    secrets: planSecrets(stack, secrets),
    eventSources,
    httpApi,
    schedules,
    access,
    serviceCalls: serviceCalls(access, functions, eventSources),
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
