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
    ? { to: 'failed', set: { ...set, reason: canceledByOperator } }
    : { to: 'queued', inSeconds: -secondsSince(analysis.queuedAt, now), by: 'clock', set };
}
