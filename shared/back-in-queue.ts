import type { Analysis } from './analysis.ts';
import type { Batch } from './batch.ts';
import type { Reason } from './video.ts';
import { type Step, secondsSince } from './waiting-room.ts';

/** What a row says that an operator called off before it was paid for. */
export const canceledByOperator: Reason = {
  code: 'canceled_by_operator',
  message: 'an operator canceled it before it was analysed; it was not billed',
};

/**
 * Where an analysis goes whose batch left it undone: to its old place in the queue, or to its end when
 * an operator called it or the whole batch off meanwhile.
 */
export function backInQueue(
  analysis: Analysis,
  batch: Pick<Batch, 'cancelRequestedAt'> | undefined,
  now: Date,
  set: NonNullable<Step<Analysis>['set']>,
): Step<Analysis> {
  return (analysis.cancelRequestedAt ?? batch?.cancelRequestedAt)
    ? { to: 'failed', set: { ...set, reason: canceledInstead(set.reason) } }
    : { to: 'queued', inSeconds: -secondsSince(analysis.queuedAt, now), by: 'clock', set };
}

/** With the words for which it would have been tried again, if there are any. */
function canceledInstead(reason: Reason | undefined): Reason {
  if (!reason) return canceledByOperator;
  const { code } = canceledByOperator;
  const message = `not tried again, for an operator canceled it; before that: ${reason.message}`;
  return { code, message: message.slice(0, 1_000) };
}
