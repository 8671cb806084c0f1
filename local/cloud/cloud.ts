import { SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../clock.ts';
import type { AccessRecord } from './access/authorizer.ts';
import { Activity } from './activity.ts';
import { readAssembly } from './assembly.ts';
import { CloudError } from './cloud-error.ts';
import { CREDENTIALS, REGION } from './cloud-region.ts';
import { Emulators } from './emulators/emulators.ts';
import { clientEnvironment, type Endpoints, endpointsAt } from './endpoints.ts';
import type { FunctionPool } from './functions/function-pool.ts';
import type { FunctionLogLine, InvocationOutcome } from './functions/invocation.ts';
import { TaskRoots } from './functions/task-roots.ts';
import { HttpApiServer } from './http/http-api-server.ts';
import { Idleness, type Neighbour } from './idleness.ts';
import { planCloud } from './plan-cloud.ts';
import { provision, startNotifications } from './provision.ts';
import { findByPrefix } from './resources/find-by-prefix.ts';
import { runStack } from './run-stack.ts';
import { checkSupport } from './template/check-support.ts';

/** How to start a local cloud. */
export interface CloudOptions {
  /** A synthesized cloud assembly (`cdk.out`) with one stack. */
  readonly assemblyDirectory: string;
  /** Stays the caller's: the cloud follows it, and does not close it. */
  readonly clock: Clock;
  /** Values for variables that functions declare; a name that none declares is an error. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Values for outputs, where an override has made another of what the template says. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** Values of secrets, by logical id or its beginning; others are generated as the template says. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** What works beside the cloud on the same clock: to be idle means that it is, too. */
  readonly neighbours?: readonly Neighbour[];
  readonly onLog?: (line: FunctionLogLine) => void;
  /** Where to listen on 127.0.0.1; any free port unless given. */
  readonly ports?: {
    readonly s3AndSqs?: number;
    readonly dynamodb?: number;
    readonly secretsManager?: number;
    readonly cloudFormation?: number;
    readonly httpApi?: number;
  };
}

/** A stack that runs on this machine. */
export interface Cloud {
  readonly endpoints: Endpoints;
  /** The stack's outputs, by their names in the template. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What to export so that the plain `aws` CLI and SDKs work against it. */
  readonly clientEnvironment: Readonly<Record<string, string>>;
  /** Calls a function, given by its logical id or the beginning of it. */
  invoke(functionPrefix: string, event: unknown): Promise<InvocationOutcome>;
  /**
   * Kills whatever a function is busy with at this moment, as when its machine is lost.
   * @returns how many invocations that ended
   */
  kill(functionPrefix: string): number;
  /** Fires one schedule, or all, without waiting for the clock; resolves with the answers. */
  fireSchedules(rulePrefix?: string): Promise<InvocationOutcome[]>;
  /**
   * Resolves when nothing will happen until the clock moves: no invocation under way or waiting,
   * no message that a function could be given. Messages that wait for a delay or for their
   * visibility timeout do not count, nor do those of queues that no function reads.
   */
  whenIdle(): Promise<void>;
  /** Moves the clock from one thing that comes due to the next, letting each be dealt with. */
  letTimePass(byMs: number): Promise<void>;
  /** What functions were allowed so far, by which of their rights, and what was refused to them. */
  accessRecord(): Promise<AccessRecord>;
  /** Ends every process, socket and timer of the cloud. */
  stop(): Promise<void>;
}

/** Runs a synthesized stack on this machine; refuses one that asks for what can't be done here. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const { assemblyDirectory, clock, neighbours = [], onLog = () => {} } = options;
  const assembly = await readAssembly(assemblyDirectory);
  checkSupport(assembly.template);

  // Whatever fails from here on, all that was started until then is stopped.
  await using started = new AsyncDisposableStack();
  const taskRoots = await TaskRoots.create();
  started.defer(() => taskRoots.remove());
  const emulators = await startEmulators(options, onLog);
  started.defer(() => emulators.stop());
  const httpApi = await HttpApiServer.listen(options.ports?.httpApi ?? 0);
  started.defer(() => httpApi.stop());

  const endpoints = endpointsAt(emulators.ports, httpApi.url);
  const plan = planCloud(assembly, endpoints, options);
  const sqs = new SQSClient({ region: REGION, endpoint: endpoints.sqs, credentials: CREDENTIALS });
  started.defer(() => sqs.destroy());
  await provision(plan, emulators, endpoints, sqs);

  const activity = new Activity();
  const parts = { plan, assemblyDirectory, taskRoots, clock, activity, endpoints, sqs, onLog };
  const { pools, sources, scheduler } = await runStack(parts, httpApi, started);
  await startNotifications(plan, emulators);

  const idleness = new Idleness({ activity, emulators, sources, neighbours, clock });
  const owned = started.move();
  let stopping: Promise<void> | undefined;
  return {
    endpoints,
    outputs: plan.outputs,
    clientEnvironment: clientEnvironment(endpoints),
    invoke: async (prefix, event) => poolOf(pools, prefix).invoke(event),
    kill: (prefix) => poolOf(pools, prefix).killBusy(),
    fireSchedules: (rulePrefix) => scheduler.fire(rulePrefix),
    whenIdle: () => idleness.whenIdle(),
    letTimePass: (byMs) => idleness.letTimePass(byMs),
    accessRecord: () => emulators.accessRecord(),
    // A second call waits for the first.
    stop: () => (stopping ??= owned.disposeAsync()),
  };
}

function startEmulators(options: CloudOptions, onLog: (line: FunctionLogLine) => void) {
  const { httpApi: _, ...chosen } = options.ports ?? {};
  const ports = { s3AndSqs: 0, dynamodb: 0, secretsManager: 0, cloudFormation: 0, ...chosen };
  return Emulators.start(options.clock, ports, (stream, text) =>
    onLog({ functionLogicalId: '', functionName: 'emulators', stream, text }),
  );
}

function poolOf(pools: ReadonlyMap<string, FunctionPool>, prefix: string): FunctionPool {
  const pool = pools.get(findByPrefix(pools.keys(), prefix, 'function'));
  if (!pool) throw new CloudError(`no function ${prefix}`);
  return pool;
}
