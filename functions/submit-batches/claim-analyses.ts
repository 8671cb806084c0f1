import pMap from 'p-map';
import { type Analysis, customIdOf } from '../../shared/analysis.ts';
import type { Batch } from '../../shared/batch.ts';
import { type Profile, profileVersion } from '../../shared/profile.ts';
import { WRITES_AT_ONCE } from '../../shared/waiting-room.ts';
import type { ClaimedAnalysis } from './batch-request.ts';
import type { PlannedBatch } from './next-batch.ts';
import type { SubmitBatchesDeps } from './submit-batches.ts';

/** Longer than the function may run: a claim that is due by then was left behind. */
export const CLAIM_SECONDS = 900;

/** Each profile by its name, with its version. */
export type KnownProfiles = ReadonlyMap<
  string,
  { readonly profile: Profile; readonly version: string }
>;

export function knownProfiles(profiles: readonly Profile[]): KnownProfiles {
  return new Map(
    profiles.map((profile) => [profile.name, { profile, version: profileVersion(profile) }]),
  );
}

/** Claims each analysis for this batch alone; one that somebody else moved meanwhile is left out. */
export async function claimAnalyses(
  { analyses }: PlannedBatch,
  { batchId }: Batch,
  deps: SubmitBatchesDeps,
): Promise<ClaimedAnalysis[]> {
  const claims = await pMap(
    analyses,
    async (analysis) => {
      const known = deps.profiles.get(analysis.profile);
      if (!known) {
        await deps.waitingRoom.move(analysis, {
          to: 'failed',
          set: { reason: noSuchProfile(analysis) },
        });
        return [];
      }
      const claimed = await claimOne(analysis, known, batchId, deps);
      return claimed ? [{ analysis: claimed, profile: known.profile }] : [];
    },
    { concurrency: WRITES_AT_ONCE },
  );
  return claims.flat();
}

async function claimOne(
  analysis: Analysis,
  { profile, version }: { readonly profile: Profile; readonly version: string },
  batchId: string,
  deps: SubmitBatchesDeps,
): Promise<ClaimedAnalysis['analysis'] | undefined> {
  const attempt = analysis.attempt + 1;
  const customId = customIdOf(analysis, version, batchId);
  const claimed = await deps.waitingRoom.move(analysis, {
    to: 'submitting',
    inSeconds: CLAIM_SECONDS,
    by: 'clock',
    set: {
      batchId,
      customId,
      attempt,
      profileVersion: version,
      analysisMode: profile.analysis_mode,
      asksForJson: profile.analysis_mode === 'general' && profile.json_schema !== undefined,
      reason: undefined,
    },
  });
  return claimed && { ...claimed, customId };
}

function noSuchProfile({ profile }: Analysis) {
  return { code: 'no_such_profile', message: `profiles.json has no profile ${profile} any more` };
}
