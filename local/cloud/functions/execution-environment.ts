import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { FollowingProcess } from '../following-process.ts';
import type { FunctionPlan } from '../resources/functions.ts';
import type { FunctionError } from './invocation.ts';

/** The result of a handler as JSON, or why there is none. */
export type HandlerResult = { readonly payload: string } | { readonly error: FunctionError };

type Reply = HandlerResult & { readonly fatal?: boolean };

/** What an execution environment is made of. */
export interface EnvironmentSettings {
  readonly plan: FunctionPlan;
  readonly clock: Clock;
  readonly taskRoot: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (stream: 'stdout' | 'stderr', text: string) => void;
}

/** Lambda gives an environment 10 s to load its code, however short the function's own timeout. */
const INIT_TIMEOUT_MS = 10_000;
const GRACE_MS = 200;

/** One process that runs a function, one event after the other, until it fails. */
export class ExecutionEnvironment {
  readonly #process: FollowingProcess;
  readonly #plan: FunctionPlan;
  #usable = true;

  private constructor(process: FollowingProcess, plan: FunctionPlan) {
    this.#process = process;
    this.#plan = plan;
  }

  /** Starts the process and loads the handler; an error is that of the function's own code. */
  static async start(
    settings: EnvironmentSettings,
    onStarted: (environment: ExecutionEnvironment) => void,
  ): Promise<FunctionError | undefined> {
    const { plan, taskRoot } = settings;
    const process = await FollowingProcess.start({
      name: plan.functionName,
      module: new URL('./bootstrap.mjs', import.meta.url),
      clock: settings.clock,
      environment: settings.environment,
      nodeArguments: [`--max-old-space-size=${plan.memoryMegabytes}`],
      workingDirectory: taskRoot,
      onLine: settings.onLine,
    });
    const environment = new ExecutionEnvironment(process, plan);
    onStarted(environment);
    const load = { directory: taskRoot, handlerName: plan.handler };
    const result = await environment.#request('load', load, INIT_TIMEOUT_MS);
    return 'error' in result ? result.error : undefined;
  }

  /** Whether another event may be given to it. */
  get usable(): boolean {
    return this.#usable && this.#process.ending === undefined;
  }

  invoke(event: string, requestId: string): Promise<HandlerResult> {
    const remainingMs = this.#plan.timeoutSeconds * 1000;
    const { functionName, arn, memoryMegabytes } = this.#plan;
    const context = {
      functionName,
      functionVersion: '$LATEST',
      invokedFunctionArn: arn,
      memoryLimitInMB: String(memoryMegabytes),
      logGroupName: `/aws/lambda/${functionName}`,
      logStreamName: 'local',
    };
    const traceId = `Root=1-${randomBytes(4).toString('hex')}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
    const payload = { event, requestId, remainingMs, context, traceId };
    return this.#request('invoke', payload, remainingMs);
  }

  /** Ends it in the middle of whatever it does; its invocation fails. */
  kill(): void {
    this.#process.kill();
  }

  async stop(): Promise<void> {
    this.#usable = false;
    await this.#process.stop(GRACE_MS);
  }

  async #request(name: string, payload: unknown, timeoutMs: number): Promise<HandlerResult> {
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      this.#process.kill();
    }, timeoutMs);
    try {
      const result = (await this.#process.request(name, payload)) as Reply;
      // An error that the handler throws leaves the process fit for more.
      if ('error' in result && (name === 'load' || result.fatal)) this.#retire();
      return result;
    } catch {
      this.#retire();
      const ending = await this.#process.exited;
      return { error: timedOut ? timeoutError(timeoutMs) : exitError(ending) };
    } finally {
      clearTimeout(timer);
    }
  }

  #retire(): void {
    this.#usable = false;
    void this.stop();
  }
}

function timeoutError(timeoutMs: number): FunctionError {
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
  };
}

function exitError(ending: string): FunctionError {
  return {
    errorType: 'Runtime.ExitError',
    errorMessage: `Runtime exited with error: ${ending}`,
  };
}
