import type { Scene, SentBatch } from './queue-state.ts';

/**
 * What must hold whatever the policy, looked up in the list of batches alone.
 * @returns the invariants that broke, in words
 */
export function audit(sent: readonly SentBatch[], scene: Scene): string[] {
  const broken = new Set<string>();
  const taken = scene.arrivals.map(() => 0);
  const ends: number[] = [];
  for (const { mode, from, to, sentAt, endsAt } of sent) {
    const queued = scene.arrivals[mode]?.until[Math.floor(sentAt)] ?? 0;
    // Each batch goes on where the last of its mode ended: so none is lost, doubled, or of two modes.
    if (from !== taken[mode]) broken.add('an analysis was lost or sent twice');
    if (to > queued) broken.add('an analysis was sent before it was queued');
    if (to - from > scene.maxRequests) broken.add(`a batch had ${to - from} requests`);
    if (to <= from) broken.add('a batch was empty');
    taken[mode] = to;
    ends.push(endsAt);
    const active = ends.filter((end) => end > sentAt);
    if (active.length > scene.maxActive) broken.add(`${active.length} batches were active`);
    ends.splice(0, ends.length, ...active);
  }
  return [...broken];
}
