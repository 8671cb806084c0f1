import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../clock.ts';
import type { Activity } from './activity.ts';
import { type Endpoints, endpointVariables } from './endpoints.ts';
import { FunctionPool } from './functions/function-pool.ts';
import type { FunctionLogLine } from './functions/invocation.ts';
import { runtimeEnvironment } from './functions/runtime-environment.ts';
import type { TaskRoots } from './functions/task-roots.ts';
import type { HttpApiServer } from './http/http-api-server.ts';
import type { CloudPlan } from './plan-cloud.ts';
import { EventSource } from './queues/event-source.ts';
import { Scheduler } from './schedules/scheduler.ts';

/** What the functions of a stack run with. */
export interface StackParts {
  readonly plan: CloudPlan;
  readonly assemblyDirectory: string;
  readonly taskRoots: TaskRoots;
  readonly clock: Clock;
  readonly activity: Activity;
  readonly endpoints: Endpoints;
  readonly sqs: SQSClient;
  readonly onLog: (line: FunctionLogLine) => void;
}

/** What calls functions, and the functions. */
export interface RunningStack {
  /** By logical id. */
  readonly pools: ReadonlyMap<string, FunctionPool>;
  readonly sources: readonly EventSource[];
  readonly scheduler: Scheduler;
}

/** Lets queues, schedules and the HTTP API call the stack's functions; `started` ends it all. */
export async function runStack(
  parts: StackParts,
  httpApi: HttpApiServer,
  started: AsyncDisposableStack,
): Promise<RunningStack> {
  const { plan, sqs, clock, activity } = parts;
  const pools = await createPools(parts);
  started.defer(() => stopAll([...pools.values()]));
  httpApi.open({ plan: plan.httpApi, pools, clock, activity });
  const sources = plan.eventSources.flatMap((source) => {
    const pool = pools.get(source.functionLogicalId);
    return pool ? [new EventSource({ plan: source, sqs, pool, clock, activity })] : [];
  });
  started.defer(() => stopAll(sources));
  const scheduler = new Scheduler(plan.schedules, pools, clock);
  started.defer(() => scheduler.stop());
  return { pools, sources, scheduler };
}

async function createPools(parts: StackParts): Promise<Map<string, FunctionPool>> {
  const pools = new Map<string, FunctionPool>();
  for (const plan of parts.plan.functions) {
    const taskRoot = await parts.taskRoots.add(plan, parts.assemblyDirectory);
    const endpoints = endpointVariables(parts.endpoints);
    const environment = runtimeEnvironment(plan, taskRoot, endpoints, process.env);
    const mapped = parts.plan.eventSources
      .filter(({ functionLogicalId }) => functionLogicalId === plan.logicalId)
      .map(({ maximumConcurrency = 0 }) => maximumConcurrency);
    pools.set(
      plan.logicalId,
      new FunctionPool(
        { plan, clock: parts.clock, taskRoot, environment },
        Math.max(0, ...mapped),
        parts.activity,
        parts.onLog,
      ),
    );
  }
  return pools;
}

async function stopAll(parts: readonly { stop(): Promise<void> }[]): Promise<void> {
  await Promise.all(parts.map((part) => part.stop()));
}
