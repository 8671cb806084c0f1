import { activeStatuses } from '../../shared/twelvelabs/schemas.ts';
import { secondsSince } from '../../shared/waiting-room.ts';
import type { Slots } from './partial-wait.ts';
import type { SubmitBatchesDeps } from './submit-batches.ts';

/** Batches of ours that say how long one takes nowadays. */
const RECENT = 20;

/**
 * What the provider's own list leaves of the account's slots, batches of strangers included. Those
 * whose creation is still in doubt are counted too, for the list may not show them yet.
 * @throws ProviderSilentError, ProviderRefusedError when the list can't be had
 */
export async function readSlots({
  provider,
  store,
  limits: { maxActive },
  now,
}: SubmitBatchesDeps): Promise<Slots> {
  const active: Slots['active'][number][] = [];
  for await (const { created_at, total_items } of provider.listBatches(activeStatuses)) {
    const ageSeconds = secondsSince(created_at, now());
    active.push({ ageSeconds: Math.max(0, ageSeconds || 0), items: total_items });
  }
  const inDoubt = await store.countIn('intended', maxActive);
  const free = Math.max(0, maxActive - active.length - inDoubt);
  return { maxActive, free, active, recent: free > 0 ? await recentOnes(store) : [] };
}

async function recentOnes(store: SubmitBatchesDeps['store']): Promise<Slots['recent']> {
  const rows = await store.lastIn('closed', RECENT);
  return rows.flatMap((row) => {
    if (row.kind !== 'batch' || !row.sentAt || !row.endedAt || !row.itemCount) return [];
    const turnaroundSeconds = (Date.parse(row.endedAt) - Date.parse(row.sentAt)) / 1000;
    return turnaroundSeconds > 0 ? [{ turnaroundSeconds, items: row.itemCount }] : [];
  });
}
