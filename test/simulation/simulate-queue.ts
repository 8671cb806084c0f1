import type { Policy } from './policies.ts';
import { QueueState, type Scene, type SentBatch } from './queue-state.ts';

/**
 * The batches that a policy sends. It is asked when something is queued, when a batch ends, once a
 * minute, and when it wished to be asked. What is queued longest goes first, whatever its mode.
 */
export function simulateQueue(policy: Policy, scene: Scene): SentBatch[] {
  const state = new QueueState(scene);
  while (state.now <= scene.horizonSeconds) {
    const againInSeconds = sendWhatGoes(policy, state);
    state.advance(againInSeconds);
  }
  return state.sent;
}

/** @returns in how many seconds the policy wishes to be asked again */
function sendWhatGoes(policy: Policy, state: QueueState): number {
  const { maxRequests } = state.scene;
  const kept: number[] = [];
  let againInSeconds = Number.POSITIVE_INFINITY;
  while (state.free > 0) {
    const mode = state.longestQueued(kept);
    if (mode === undefined) break;
    const count = state.queued(mode);
    const isFull = count >= maxRequests;
    const batch = { count, oldestAgeSeconds: state.now - state.oldest(mode), maxRequests };
    const wait = isFull ? 0 : policy(batch, state.slots());
    if (wait <= 0) {
      state.send(mode, Math.min(count, maxRequests));
    } else {
      againInSeconds = Math.min(againInSeconds, wait);
      kept.push(mode);
    }
  }
  return againInSeconds;
}
