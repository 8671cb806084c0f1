import { createHash } from 'node:crypto';
import * as z from 'zod';
import { describeIssues } from './decode.ts';
import { PipelineError } from './errors.ts';
import type { Reason } from './video.ts';

/**
 * What `profiles.json` may say. Names and limits below `applies_to` are the API's own (Create a
 * batch, https://docs.twelvelabs.io/v1.3/api-reference/analyze-videos/batch-analysis/create-a-batch).
 */
const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9 and -, and not begin with -');

const appliesTo = z.strictObject({
  prefixes: z.array(z.string()).min(1, 'must name at least one key prefix; "" stands for all'),
  suffixes: z.array(z.string().min(1)).min(1).optional(),
});

const common = {
  name,
  applies_to: appliesTo,
  temperature: z.number().min(0).max(1).default(0.2),
  start_time: z.number().min(0).optional(),
  end_time: z.number().positive().optional(),
};

const general = z.strictObject({
  ...common,
  analysis_mode: z.literal('general'),
  prompt: z.string().min(1),
  json_schema: z.record(z.string(), z.json()).optional(),
  max_tokens: z.int().min(512).max(98_304).default(4_096),
});

const segmentField = z
  .strictObject({
    name: z.string().min(1),
    type: z.enum(['string', 'boolean', 'number', 'integer', 'array', 'timestamp']),
    description: z.string().min(1),
    enum: z.array(z.string()).min(1).max(100).optional(),
    items: z.strictObject({ type: z.enum(['string', 'boolean', 'number', 'integer']) }).optional(),
    format: z.enum(['seconds', 'hh:mm:ss', 'hh:mm:ss.fff']).optional(),
  })
  .refine((field) => (field.type === 'array') === (field.items !== undefined), {
    path: ['items'],
    message: 'must be there exactly when type is array',
  });

const segmentDefinition = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 of A-Z, a-z, 0-9, _ and -'),
  description: z.string().min(1),
  fields: z.array(segmentField).max(20).optional(),
});

const segmentation = z
  .strictObject({
    ...common,
    analysis_mode: z.literal('time_based_metadata'),
    segment_definitions: z
      .array(segmentDefinition)
      .min(1)
      .max(20)
      .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'ids must differ'),
    min_segment_duration: z.number().min(2).optional(),
    max_segment_duration: z.number().min(2).optional(),
    max_tokens: z.int().min(2_048).max(98_304).default(32_768),
  })
  .refine((it) => (it.min_segment_duration ?? 2) <= (it.max_segment_duration ?? Infinity), {
    path: ['max_segment_duration'],
    message: 'must not be less than min_segment_duration',
  });

/** Analyze: a window lasts at least 1 s (4 s in older pages). */
const MIN_WINDOW_SECONDS = 1;

const profile = z
  .discriminatedUnion('analysis_mode', [general, segmentation])
  .refine((it) => (it.end_time ?? Infinity) - (it.start_time ?? 0) >= MIN_WINDOW_SECONDS, {
    path: ['end_time'],
    message: `must be at least ${MIN_WINDOW_SECONDS} s after start_time`,
  });

const profilesFile = z.strictObject({
  $schema: z.string().optional(),
  profiles: z
    .array(profile)
    .min(1, 'must hold at least one profile')
    .refine((all) => new Set(all.map((it) => it.name)).size === all.length, 'names must differ'),
});

/** One entry of profiles.json: which uploads it applies to, and what it asks of them. */
export type Profile = z.infer<typeof profilesFile>['profiles'][number];

/** Thrown for a profiles.json that breaks a rule; the message gives the path and the rule. */
export class ProfilesError extends PipelineError {
  override readonly name = 'ProfilesError';
  readonly code = 'profiles_invalid';
  readonly retryable = false;
}

/** The profiles of a parsed profiles.json. @throws ProfilesError */
export function parseProfiles(value: unknown): Profile[] {
  const result = profilesFile.safeParse(value);
  if (!result.success) throw new ProfilesError(`profiles.json: ${describeIssues(result.error)}`);
  return result.data.profiles;
}

/** The profiles that apply to a key: prefixes to the letter, suffixes whatever their case. */
export function profilesFor(key: string, profiles: readonly Profile[]): Profile[] {
  return profiles.filter(({ applies_to: { prefixes, suffixes } }) => {
    const hasPrefix = prefixes.some((prefix) => key.startsWith(prefix));
    const ending = key.toLowerCase();
    return hasPrefix && (suffixes?.some((it) => ending.endsWith(it.toLowerCase())) ?? true);
  });
}

/** Why nothing is asked of a key that no profile applies to. */
export function noProfile(key: string): Reason {
  return { code: 'no_profile', message: `no profile in profiles.json applies to the key ${key}` };
}

/** Changes when what is asked of a video changes, and not when the profile applies to other uploads. */
export function profileVersion(profile: Profile): string {
  const { applies_to: _, ...asked } = profile;
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex').slice(0, 12);
}
