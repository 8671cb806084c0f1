import * as z from 'zod';
import { archivedLine } from './archive-format.ts';
import { analysisLifecycle } from './lifecycle.ts';
import { rowFields, shortHash } from './video.ts';

export const analysisModes = ['general', 'time_based_metadata'] as const;
export type AnalysisMode = (typeof analysisModes)[number];

/**
 * What the model answered: text, or JSON where the profile asked for JSON, or how many segments, which
 * are rows of their own. A large one, and one that no row takes (`notInRowBecause`), lies in the archive
 * alone. `unparsedBecause` tells why an answer that should be JSON or segments is the text it is.
 */
export const analysisResult = z.union([
  z.object({ text: z.string(), unparsedBecause: z.string().optional() }),
  z.object({ json: z.json() }),
  z.object({ segmentCount: z.int() }),
  z.object({
    inArchive: z.enum(['text', 'json', 'segments']),
    lengthBytes: z.int(),
    unparsedBecause: z.string().optional(),
    notInRowBecause: z.string().optional(),
  }),
]);

export type AnalysisResult = z.infer<typeof analysisResult>;

export const analysis = z.object({
  ...rowFields,
  kind: z.literal('analysis'),
  state: z.enum(Object.keys(analysisLifecycle) as [keyof typeof analysisLifecycle]),
  videoId: z.string(),
  /** Of the upload it is about: a newer upload's analysis takes its place, never an older one's. */
  sequencer: z.string(),
  bucket: z.string(),
  key: z.string(),
  profile: z.string(),
  profileVersion: z.string(),
  /** What it was asked for is JSON, by the schema of its profile. */
  asksForJson: z.boolean().optional(),
  analysisMode: z.enum(analysisModes),
  assetId: z.string(),
  durationSeconds: z.number().optional(),
  /** Its place in the queue: kept when it goes back, so that the oldest stays first. */
  queuedAt: z.iso.datetime(),
  /** How often it was claimed for a batch. */
  attempt: z.int(),
  /** How often it failed there for a cause that may pass. */
  setbacks: z.int(),
  /** How often its batch ended before its turn came: canceled, expired. */
  notRun: z.int().optional(),
  /** Our id of the batch that it came back from last. */
  parentBatchId: z.string().optional(),
  /** Our id of the last batch that the provider refused with it in it, until another takes it. */
  refusedIn: z.string().optional(),
  /** It may be the one for which that batch was refused. */
  isSuspect: z.boolean().optional(),
  /** How many requests with it came to nothing, without an answer that told why. */
  lost: z.int().optional(),
  /** How often its asset was found not to be ready after all. */
  unready: z.int().optional(),
  /** Set when an operator called it off while it rode in a batch: it does not go back to the queue. */
  cancelRequestedAt: z.iso.datetime().optional(),
  /** Our id of the batch it rides or rode in, and its name there. */
  batchId: z.string().optional(),
  customId: z.string().optional(),
  taskId: z.string().optional(),
  result: analysisResult.optional(),
  /** The provider's own line that settled it. */
  archived: archivedLine.optional(),
  finishReason: z.string().optional(),
  usage: z.object({ inputTokens: z.int().optional(), outputTokens: z.int() }).optional(),
});

export type Analysis = z.infer<typeof analysis>;

/**
 * The `custom_id` of an analysis in one batch of ours: 22 characters for what is asked of which
 * upload, then our id of the batch (36 characters; 64 are allowed). So any line of a batch tells
 * whose it is, even when its reply was lost, and a late line of an earlier batch changes nothing.
 */
export function customIdOf(
  row: Pick<Analysis, 'videoId' | 'profile'>,
  profileVersion: string,
  batchId: string,
): string {
  return `${shortHash(row.videoId, row.profile, profileVersion)}-${batchId}`;
}

/** Whether a `custom_id` was given in this batch of ours. */
export function isCustomIdOf(batchId: string, customId: string | null | undefined): boolean {
  return customId?.endsWith(`-${batchId}`) ?? false;
}
