import type { Batch, BatchEnd } from './batch.ts';

/**
 * How a batch will end. Items that are queued when it is canceled don't run; those in process end
 * by themselves. A batch with anything unfinished expires 24 hours after its creation.
 */
export function planEnd(batch: Omit<Batch, 'end'>, cancelingMs: number): BatchEnd {
  const { cancelRequestedAtMs: cancelAtMs, expiresAtMs } = batch;
  const idleAtMs = batch.items
    .filter((item) => cancelAtMs === undefined || item.startsAtMs <= cancelAtMs)
    .reduce((latest, item) => Math.max(latest, item.endsAtMs), batch.createdAtMs);
  const doneAtMs =
    cancelAtMs === undefined ? idleAtMs : Math.max(idleAtMs, cancelAtMs + cancelingMs);
  if (doneAtMs > expiresAtMs) return { status: 'expired', atMs: expiresAtMs };
  return { status: cancelAtMs === undefined ? 'completed' : 'canceled', atMs: doneAtMs };
}
