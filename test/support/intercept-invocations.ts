import { FunctionPool } from '../../local/cloud/functions/function-pool.ts';
import type { InvocationOutcome } from '../../local/cloud/functions/invocation.ts';

/** A function that is about to be called. */
export interface Call {
  /** Its name in the stack, as `AcceptUpload`. */
  readonly functionName: string;
  readonly event: unknown;
  /** Calls it with this event or another; not to call it makes the caller believe the outcome given. */
  readonly run: (event: unknown) => Promise<InvocationOutcome>;
}

/**
 * Puts `intercept` where every call of a function of this process's clouds goes through, whether a
 * queue, a schedule or a request makes it; dispose of it to take it out.
 */
export function interceptInvocations(
  intercept: (call: Call) => Promise<InvocationOutcome>,
): Disposable {
  const { invoke } = FunctionPool.prototype;
  FunctionPool.prototype.invoke = function invokeIntercepted(this: FunctionPool, event: unknown) {
    const functionName = this.plan.logicalId.replace(/Function[0-9A-F]{8}$|[0-9A-F]{8}$/, '');
    return intercept({ functionName, event, run: (given) => invoke.call(this, given) });
  };
  return {
    [Symbol.dispose]() {
      FunctionPool.prototype.invoke = invoke;
    },
  };
}

/** A message as a queue gives it to its function. */
export interface QueueRecord {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: { readonly ApproximateReceiveCount?: string };
}

/** What of a queue an event brings; nothing where it comes from elsewhere. */
export function recordsOf(event: unknown): readonly QueueRecord[] {
  const { Records: records = [] } = event as { Records?: readonly QueueRecord[] };
  return records;
}
