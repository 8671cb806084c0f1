import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { batchLimits, planRates, routeLimits } from '../shared/twelvelabs/limits.ts';

/** The folders in functions/, by which a setting names a function. */
export const functionNames = [
  'accept-upload',
  'register-asset',
  'upload-chunks',
  'admit-asset',
  'submit-batches',
  'receive-webhook',
  'collect-results',
  'wake-due',
] as const;

export type FunctionName = (typeof functionNames)[number];

/** From `-c` come strings. An empty one, or a bare `-c name`, is no 0 and no 1. */
const numberWith = (rule: z.ZodNumber) =>
  z.preprocess(
    (given) => (typeof given === 'string' && /^\d+(\.\d+)?$/.test(given) ? Number(given) : given),
    rule,
  );

const yesOrNo = z.preprocess(
  (given) => (given === 'true' ? true : given === 'false' ? false : given),
  z.boolean(),
);

/** The key goes there: in the clear only within the machine. */
function isSafe(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username } = new URL(url);
  const isHere = protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(hostname);
  return (protocol === 'https:' || isHere) && username === '' && !url.endsWith('/');
}

/** A list, or from `-c` its parts between commas. */
const listOf = (part: z.ZodString) =>
  z.preprocess(
    (given) => (typeof given === 'string' ? given.split(',').map((it) => it.trim()) : given),
    z.array(part),
  );

/** An object, or from `-c` its parts as in `team=video,stage=test`. */
const recordOf = <R extends z.ZodType>(record: R) =>
  z.preprocess(
    (given) =>
      typeof given === 'string'
        ? Object.fromEntries(given.split(',').map((part) => part.split(/=(.*)/s, 2)))
        : given,
    record,
  );

const logRetentions = Object.values(RetentionDays).filter((it) => typeof it === 'number');

/**
 * Deploy-time settings as they are given, from CDK context (`-c name=value` or cdk.json). A new user
 * sets none.
 */
export const settings = z.object({
  stackName: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'must be a CloudFormation stack name')
    .default('Reelbatch'),
  /** The API's base URL, with its version. */
  twelveLabsBaseUrl: z
    .url()
    .refine(isSafe, 'must be https, without a user or a slash at its end; http only for 127.0.0.1')
    .default('https://api.twelvelabs.io/v1.3'),
  /**
   * How the provider gets a file: it fetches a presigned URL (up to 4 GB), or is sent the bytes (up
   * to 20 MB). Larger ones are sent in chunks.
   */
  uploadRoute: z.enum(['url', 'direct']).default('url'),
  /** Files above this size are sent in chunks; by default those too large for the route. */
  chunksAboveBytes: numberWith(z.number().int().min(0)).default(routeLimits.multipartBytes),
  /** The account's plan at TwelveLabs: its upload rates are kept. */
  plan: z.enum(Object.keys(planRates) as [keyof typeof planRates]).default('tier1'),
  /** Uploads allowed a minute and a day, where they differ from the plan's. */
  uploadsPerMinute: numberWith(z.number().min(1).max(1_000)).optional(),
  uploadsPerDay: numberWith(z.number().int().positive()).optional(),
  /** What a batch may hold, and how many may run: less than allowed, where stacks share an account. */
  maxBatchRequests: numberWith(z.number().int().min(1).max(batchLimits.maxRequests)).default(
    batchLimits.maxRequests,
  ),
  maxBatchHours: numberWith(z.number().positive().max(batchLimits.maxHours)).default(
    batchLimits.maxHours,
  ),
  maxActiveBatches: numberWith(z.number().int().min(1).max(batchLimits.maxActive)).default(
    batchLimits.maxActive,
  ),
  /** What a video must keep to, where it differs from what TwelveLabs documents. */
  maxBytes: numberWith(z.number().int().positive().max(routeLimits.multipartBytes)).optional(),
  minDurationSeconds: numberWith(z.number().min(0)).optional(),
  maxDurationSeconds: numberWith(z.number().positive()).optional(),
  minSidePixels: numberWith(z.number().positive()).optional(),
  maxLongSidePixels: numberWith(z.number().positive()).optional(),
  maxShortSidePixels: numberWith(z.number().positive()).optional(),
  maxAspect: numberWith(z.number().min(1)).optional(),
  /** A bucket that is there already, and sends its events to EventBridge, instead of one of ours. */
  uploadsBucketName: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
    .optional(),
  /** Only objects whose keys begin so are taken in. */
  uploadPrefixes: listOf(z.string().min(1).max(1_024)).default([]),
  /** A key of KMS of one's own, for all that is kept. */
  kmsKeyArn: z
    .string()
    .regex(
      /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/(mrk-[0-9a-f]{32}|[0-9a-f-]{36})$/,
      'must be the ARN of a key of KMS',
    )
    .optional(),
  tags: recordOf(
    z.record(z.string().regex(/^(?!aws:).{1,128}$/, 'must be a tag'), z.string().max(256)),
  ).default({}),
  logRetentionDays: numberWith(
    z
      .number()
      .refine((days) => logRetentions.includes(days), `must be one of ${logRetentions.join(', ')}`),
  ).default(RetentionDays.ONE_MONTH),
  /** Days that what was overwritten or deleted in a bucket is kept. */
  oldVersionsDays: numberWith(z.number().int().min(1).max(3_650)).default(30),
  /** Whether buckets and table outlive the stack. */
  keepData: yesOrNo.default(true),
  /** Where alarms go: people, or a topic that is there already. */
  alarmEmail: z.email().optional(),
  alarmTopicArn: z
    .string()
    .regex(/^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/, 'must be the ARN of an SNS topic')
    .optional(),
  /** Videos and analyses that fail in an hour before the alarm. */
  maxFailuresPerHour: numberWith(z.number().int().min(1)).default(10),
  /** What an hour of video costs at TwelveLabs, in dollars, and what a day may cost before the alarm. */
  dollarsPerHour: numberWith(z.number().positive()).default(1.75),
  maxDollarsPerDay: numberWith(z.number().positive()).optional(),
  /** Whether X-Ray gets the traces that Lambda samples. */
  tracing: yesOrNo.default(true),
  /** Memory of functions, where it is to differ from what was measured. */
  memoryMegabytes: recordOf(
    z.partialRecord(z.enum(functionNames), numberWith(z.number().int().min(128).max(10_240))),
  ).default({}),
});

export type Settings = z.infer<typeof settings>;
