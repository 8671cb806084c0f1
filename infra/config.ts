import type { Node } from 'constructs';
import * as z from 'zod';
import { describeIssues } from '../shared/decode.ts';
import { documentedLimits, planRates, routeLimits } from '../shared/twelvelabs/limits.ts';
import type { UploadRates } from '../shared/upload-pace.ts';
import { type VideoLimits, videoLimits } from '../shared/video-limits.ts';

type Plan = keyof typeof planRates;

/** From `-c` come strings. An empty one, or a bare `-c name`, is no 0 and no 1. */
const numberWith = (rule: z.ZodNumber) =>
  z.preprocess(
    (given) => (typeof given === 'string' && /^\d+(\.\d+)?$/.test(given) ? Number(given) : given),
    rule,
  );

/**
 * Deploy-time settings as they are given, from CDK context (`-c name=value` or cdk.json). A new user sets none.
 */
export const config = z.object({
  stackName: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'must be a CloudFormation stack name')
    .default('Reelbatch'),
  /** The API's base URL, with its version. */
  twelveLabsBaseUrl: z.url().default('https://api.twelvelabs.io/v1.3'),
  /**
   * How the provider gets a file: it fetches a presigned URL (up to 4 GB), or is sent the bytes (up
   * to 20 MB). Larger ones are sent in chunks.
   */
  uploadRoute: z.enum(['url', 'direct']).default('url'),
  /** Files above this size are sent in chunks; by default those too large for the route. */
  chunksAboveBytes: numberWith(z.number().int().min(0)).default(routeLimits.multipartBytes),
  /** The account's plan at TwelveLabs: its upload rates are kept. */
  plan: z.enum(Object.keys(planRates) as [Plan]).default('tier1'),
  /** Uploads allowed a minute and a day, where they differ from the plan's. */
  uploadsPerMinute: numberWith(z.number().min(1).max(1_000)).optional(),
  uploadsPerDay: numberWith(z.number().int().positive()).optional(),
  /** What a video must keep to, where it differs from what TwelveLabs documents. */
  maxBytes: numberWith(z.number().int().positive().max(routeLimits.multipartBytes)).optional(),
  minDurationSeconds: numberWith(z.number().min(0)).optional(),
  maxDurationSeconds: numberWith(z.number().positive()).optional(),
  minSidePixels: numberWith(z.number().positive()).optional(),
  maxLongSidePixels: numberWith(z.number().positive()).optional(),
  maxShortSidePixels: numberWith(z.number().positive()).optional(),
  maxAspect: numberWith(z.number().min(1)).optional(),
});

export interface Config
  extends Pick<z.infer<typeof config>, 'stackName' | 'twelveLabsBaseUrl' | 'uploadRoute'> {
  readonly chunksAboveBytes: number;
  readonly uploadRates: UploadRates;
  readonly videoLimits: VideoLimits;
}

/** The settings of this synthesis. @throws with the name of the setting and the rule it breaks */
export function readConfig(node: Node): Config {
  const names = Object.keys(config.shape);
  const given = parse(config, Object.fromEntries(names.map((it) => [it, node.tryGetContext(it)])));
  const {
    stackName,
    twelveLabsBaseUrl,
    uploadRoute,
    chunksAboveBytes,
    plan,
    uploadsPerMinute,
    uploadsPerDay,
  } = given;
  const limits = Object.entries(documentedLimits).map(([name, documented]) => [
    name,
    given[name as keyof VideoLimits] ?? documented,
  ]);
  return {
    stackName,
    twelveLabsBaseUrl,
    uploadRoute,
    chunksAboveBytes,
    uploadRates: {
      perMinute: uploadsPerMinute ?? planRates[plan].perMinute,
      perDay: uploadsPerDay ?? planRates[plan].perDay,
    },
    videoLimits: parse(videoLimits, Object.fromEntries(limits)),
  };
}

function parse<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const result = schema.safeParse(value);
  if (!result.success) throw new Error(`context: ${describeIssues(result.error)}`);
  return result.data;
}
