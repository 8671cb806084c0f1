import { FunctionPool } from '../../../local/cloud/functions/function-pool.ts';
import type { InvocationOutcome } from '../../../local/cloud/functions/invocation.ts';

/** What a queue gave to a function. */
interface Received {
  readonly messageId: string;
  readonly body: string;
}

/** Who is to be lost, and what is known of it. */
export interface Losses {
  /** Functions that are never called: whatever calls them believes that all is well. */
  isDeaf(functionName: string): boolean;
  /** Told of each invocation that ended without an answer: whether that was a death of ours. */
  noteDeath(requestId: string): boolean;
  /** Whether nobody but the sender of this message knows of what it tells. */
  isOnlyTrace(body: string): Promise<boolean>;
}

/**
 * Loses for good what an invocation was handed that was struck: a queue takes it for handled and
 * deletes it, a schedule does not try again, a sender of webhooks believes it delivered. Only an S3
 * event of an upload that has no row yet is given back: S3 and SQS keep it until it is handled, and
 * nothing could know of the upload without it.
 */
export function loseInvocations(losses: Losses): Disposable {
  const { invoke } = FunctionPool.prototype;

  FunctionPool.prototype.invoke = async function invokeOrLose(
    this: FunctionPool,
    event: unknown,
  ): Promise<InvocationOutcome> {
    if (losses.isDeaf(functionNameOf(this.plan.logicalId))) {
      return { ok: true, requestId: 'never', payload: null };
    }
    const outcome = await invoke.call(this, event);
    const { ok, requestId } = outcome;
    if (ok || !losses.noteDeath(requestId)) return outcome;
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const { messageId, body } of (event as { Records?: readonly Received[] }).Records ?? []) {
      const isKept = await losses.isOnlyTrace(body);
      if (isKept) batchItemFailures.push({ itemIdentifier: messageId });
    }
    return { ok: true, requestId, payload: { batchItemFailures } };
  };

  return {
    [Symbol.dispose]() {
      FunctionPool.prototype.invoke = invoke;
    },
  };
}

/** The name of a function's folder, by its logical id: `AcceptUploadFunction0A1B2C3D`. */
export function functionNameOf(logicalId: string): string {
  const name = logicalId.replace(/(Function)?[0-9A-F]{8}$/, '');
  return name.replaceAll(/(?!^)[A-Z]/g, '-$&').toLowerCase();
}
