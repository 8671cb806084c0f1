import pMap from 'p-map';
import type { Analysis } from '../../shared/analysis.ts';
import type { BatchingMemory } from '../../shared/store/batching-memory.ts';
import { secondsSince, WRITES_AT_ONCE } from '../../shared/waiting-room.ts';
import type { SubmitBatchesDeps } from './submit-batches.ts';

/** A profile that is mended meanwhile has another version: within so long its analyses go on. */
const MAX_SECONDS = 3_600;

/** Analyses whose profile the provider refuses wait until the next of them is tried. */
export async function holdBack(
  analyses: readonly Analysis[],
  memory: BatchingMemory,
  { profiles, waitingRoom, now }: SubmitBatchesDeps,
): Promise<void> {
  await pMap(
    analyses,
    async (analysis) => {
      const refused = memory.refusedProfiles[profiles.get(analysis.profile)?.version ?? ''];
      if (!refused) return;
      const message = `the provider refuses what this profile asks: ${refused.reason}`;
      await waitingRoom.move(analysis, {
        to: 'queued',
        inSeconds: Math.min(MAX_SECONDS, -secondsSince(refused.probeAt, now())),
        by: 'clock',
        // It is no one's search any more: with this profile each of them would be refused.
        set: {
          isSuspect: undefined,
          reason: { code: 'profile_refused', message: message.slice(0, 1_000) },
        },
      });
    },
    { concurrency: WRITES_AT_ONCE },
  );
}
