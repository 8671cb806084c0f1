import { randomUUID } from 'node:crypto';
import type { Activity } from '../activity.ts';
import type { FunctionPlan } from '../resources/functions.ts';
import { type EnvironmentSettings, ExecutionEnvironment } from './execution-environment.ts';
import type { FunctionError, FunctionLogLine, InvocationOutcome } from './invocation.ts';

/** How many events a function handles at once when its template says nothing: it is a laptop. */
export const DEFAULT_CONCURRENCY = 4;

/** All execution environments of one function: kept warm, at most so many, each one event at a time. */
export class FunctionPool {
  readonly plan: FunctionPlan;
  /** The most events that it handles at once. */
  readonly concurrency: number;
  readonly #settings: EnvironmentSettings;
  readonly #activity: Activity;
  readonly #onLog: (line: FunctionLogLine) => void;
  readonly #all = new Set<ExecutionEnvironment>();
  readonly #warm: ExecutionEnvironment[] = [];
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #stopped = false;

  constructor(
    settings: Omit<EnvironmentSettings, 'onLine'>,
    mappedConcurrency: number,
    activity: Activity,
    onLog: (line: FunctionLogLine) => void,
  ) {
    const { plan } = settings;
    this.plan = plan;
    this.concurrency = plan.reservedConcurrency ?? Math.max(DEFAULT_CONCURRENCY, mappedConcurrency);
    this.#settings = { ...settings, onLine: (stream, text) => this.#log(stream, text) };
    this.#activity = activity;
    this.#onLog = onLog;
  }

  /** Runs the function; waits for its turn when all are busy. Never rejects for what the code does. */
  async invoke(event: unknown): Promise<InvocationOutcome> {
    const requestId = randomUUID();
    const done = this.#activity.begin();
    await this.#turn();
    try {
      const outcome = await this.#run(JSON.stringify(event) ?? 'null', requestId);
      if (!outcome.ok && !this.#stopped) {
        const { errorType, errorMessage } = outcome.error;
        this.#log('platform', `invocation ${requestId} failed: ${errorType}: ${errorMessage}`);
      }
      return outcome;
    } finally {
      this.#endTurn();
      done();
    }
  }

  /** Kills the environments that are busy; returns how many that were. */
  killBusy(): number {
    const busy = [...this.#all].filter((environment) => !this.#warm.includes(environment));
    for (const environment of busy) environment.kill();
    return busy.length;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#all].map((environment) => environment.stop()));
  }

  async #turn(): Promise<void> {
    if (this.#busy < this.concurrency) this.#busy++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #endTurn(): void {
    // Handed over, not given back first: a newcomer must not slip in between.
    const next = this.#waiting.shift();
    if (next) next();
    else this.#busy--;
  }

  async #run(event: string, requestId: string): Promise<InvocationOutcome> {
    const started = this.#stopped ? stoppedError() : await this.#environment();
    if (!(started instanceof ExecutionEnvironment)) return { ok: false, requestId, error: started };
    const result = await started.invoke(event, requestId);
    if (started.usable) this.#warm.push(started);
    else this.#all.delete(started);
    return 'error' in result
      ? { ok: false, requestId, error: result.error }
      : { ok: true, requestId, payload: JSON.parse(result.payload) };
  }

  async #environment(): Promise<ExecutionEnvironment | FunctionError> {
    for (let warm = this.#warm.pop(); warm; warm = this.#warm.pop()) {
      if (warm.usable) return warm;
      this.#all.delete(warm);
    }
    let fresh: ExecutionEnvironment | undefined;
    const error = await ExecutionEnvironment.start(this.#settings, (environment) => {
      fresh = environment;
      this.#all.add(environment);
    });
    // Stopped while it started: nobody else would end it.
    if (this.#stopped) await fresh?.stop();
    if (fresh && error) this.#all.delete(fresh);
    return error ?? fresh ?? stoppedError();
  }

  #log(stream: FunctionLogLine['stream'], text: string): void {
    const { logicalId, functionName } = this.plan;
    this.#onLog({ functionLogicalId: logicalId, functionName, stream, text });
  }
}

function stoppedError(): FunctionError {
  return { errorType: 'LocalCloudStopped', errorMessage: 'the local cloud is stopping' };
}
