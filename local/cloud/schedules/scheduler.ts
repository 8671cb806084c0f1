import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { ACCOUNT_ID, REGION } from '../cloud-region.ts';
import type { FunctionPool } from '../functions/function-pool.ts';
import type { InvocationOutcome } from '../functions/invocation.ts';
import { findByPrefix } from '../resources/find-by-prefix.ts';
import type { SchedulePlan } from '../resources/schedules.ts';

/** After a failed attempt Lambda waits a minute, then two. */
const RETRY_DELAYS_MS = [60_000, 120_000] as const;

/** Fires the stack's schedules by the clock. */
export class Scheduler {
  readonly #plans: readonly SchedulePlan[];
  readonly #pools: ReadonlyMap<string, FunctionPool>;
  readonly #clock: Clock;
  readonly #timers = new Set<() => void>();
  #stopped = false;

  constructor(
    plans: readonly SchedulePlan[],
    pools: ReadonlyMap<string, FunctionPool>,
    clock: Clock,
  ) {
    this.#plans = plans;
    this.#pools = pools;
    this.#clock = clock;
    for (const plan of plans) {
      this.#timers.add(clock.every(plan.periodMs, () => void this.#fire(plan)));
    }
  }

  /** Fires one rule, or all of them, at once; resolves when their functions have answered. */
  async fire(rulePrefix?: string): Promise<InvocationOutcome[]> {
    const ids = this.#plans.map((plan) => plan.ruleLogicalId);
    const chosen = rulePrefix === undefined ? ids : [findByPrefix(ids, rulePrefix, 'schedule')];
    const plans = this.#plans.filter((plan) => chosen.includes(plan.ruleLogicalId));
    return (await Promise.all(plans.map((plan) => this.#fire(plan)))).flat();
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  #fire(plan: SchedulePlan): Promise<InvocationOutcome[]> {
    const event = scheduledEvent(plan.ruleArn, this.#clock.now());
    return Promise.all(
      plan.targets.map(({ functionLogicalId, input }) =>
        this.#invoke(functionLogicalId, input ?? event, 0),
      ),
    );
  }

  async #invoke(functionLogicalId: string, event: unknown, attempt: number) {
    const pool = this.#pools.get(functionLogicalId);
    if (!pool) throw new Error(`no function ${functionLogicalId}`);
    const outcome = await pool.invoke(event);
    const delayMs = RETRY_DELAYS_MS[attempt];
    const isTriedAgain = !outcome.ok && !this.#stopped && attempt < pool.plan.retryAttempts;
    if (isTriedAgain && delayMs !== undefined) {
      this.#retryAfter(delayMs, () => void this.#invoke(functionLogicalId, event, attempt + 1));
    }
    return outcome;
  }

  #retryAfter(delayMs: number, retry: () => void): void {
    const cancel = this.#clock.after(delayMs, () => {
      this.#timers.delete(cancel);
      retry();
    });
    this.#timers.add(cancel);
  }
}

function scheduledEvent(ruleArn: string, now: Date) {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: ACCOUNT_ID,
    time: `${now.toISOString().slice(0, 19)}Z`,
    region: REGION,
    resources: [ruleArn],
    detail: {},
  };
}
