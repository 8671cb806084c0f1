import type { Analysis, AnalysisMode } from '../../shared/analysis.ts';
import type { Profile } from '../../shared/profile.ts';
import type { KnownProfiles } from './claim-analyses.ts';
import type { PlannedBatch } from './next-batch.ts';

/** The only model that batches take (Create a batch: `model_name`). */
const MODEL_NAME = 'pegasus1.5';

type Parameters = Record<string, unknown>;

/** An analysis that was claimed for a batch, with what its profile asks. */
export interface ClaimedAnalysis {
  readonly analysis: Analysis & { readonly customId: string };
  readonly profile: Profile;
}

/**
 * The body of POST /analyze/batches. What the commonest profile asks goes into `defaults`, so that a
 * thousand items need not repeat it; items of other profiles override it. A default that another
 * profile leaves unset could not be taken back by its items, so it is no default then.
 */
export function batchRequest(analysisMode: AnalysisMode, claimed: readonly ClaimedAnalysis[]) {
  const asked = new Map(claimed.map(({ profile }) => [profile.name, parametersOf(profile)]));
  const common = asked.get(commonestProfile(claimed)) ?? {};
  const defaults = Object.fromEntries(
    Object.entries(common).filter(([name]) => [...asked.values()].every((its) => name in its)),
  );
  return {
    model_name: MODEL_NAME,
    analysis_mode: analysisMode,
    defaults,
    requests: claimed.map(({ analysis, profile }) => ({
      video: { type: 'asset_id', asset_id: analysis.assetId },
      custom_id: analysis.customId,
      ...overrides(asked.get(profile.name) ?? {}, defaults),
    })),
  };
}

/** The bytes of the request that would create a batch of these; what has no profile any more is left out. */
export function requestBytes(
  { analysisMode, analyses }: PlannedBatch,
  profiles: KnownProfiles,
): number {
  const claimed = analyses.flatMap((analysis) => {
    const known = profiles.get(analysis.profile);
    if (!known) return [];
    return [{ analysis: { ...analysis, customId: LIKE_A_CUSTOM_ID }, profile: known.profile }];
  });
  return Buffer.byteLength(JSON.stringify(batchRequest(analysisMode, claimed)));
}

/** As long as one that `customIdOf` gives. */
const LIKE_A_CUSTOM_ID = '-'.repeat(59);

function parametersOf(profile: Profile): Parameters {
  const { temperature, max_tokens, start_time, end_time } = profile;
  const parameters =
    profile.analysis_mode === 'general'
      ? {
          prompt: { input_text: profile.prompt },
          response_format: profile.json_schema && {
            type: 'json_schema',
            json_schema: profile.json_schema,
          },
        }
      : {
          response_format: {
            type: 'segment_definitions',
            segment_definitions: profile.segment_definitions,
          },
          min_segment_duration: profile.min_segment_duration,
          max_segment_duration: profile.max_segment_duration,
        };
  const all = { ...parameters, temperature, max_tokens, start_time, end_time };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function commonestProfile(claimed: readonly ClaimedAnalysis[]): string {
  const counts = new Map<string, number>();
  for (const { profile } of claimed) {
    counts.set(profile.name, (counts.get(profile.name) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
}

function overrides(asked: Parameters, defaults: Parameters): Parameters {
  return Object.fromEntries(
    Object.entries(asked).filter(([name, value]) => !isSame(defaults[name], value)),
  );
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
