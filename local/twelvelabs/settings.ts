import * as z from 'zod';
import { boxSwitches } from './switches.ts';

/** At most ten years, so that every moment reckoned with it can be written as a date. */
const ms = z
  .int()
  .min(0)
  .max(3_660 * 24 * 3_600_000);
const count = z.int().min(0);
/** How many of something in a window of time; null where there is no such limit. */
const rate = z.int().min(1).nullable();

/** How long things take in the box, on its clock. The defaults are a demonstration: quick, but slow enough to be watched. */
export const boxTiming = z.strictObject({
  assetProcessingMs: ms
    .default(1_500)
    .describe(
      'from the moment that the bytes of an upload are read until its asset is ready or failed',
    ),
  batchPendingMs: ms
    .default(400)
    .describe('from the creation of a batch until its first item may leave the queue'),
  itemStartSpreadMs: ms
    .default(500)
    .describe('the items of a batch leave the queue spread over this time'),
  itemMinMs: ms.default(1_000).describe('the shortest processing of an item'),
  itemMsPerContentSecond: z
    .number()
    .min(0)
    .default(5)
    .describe('what each second of content adds to the processing of an item'),
  itemSpreadMs: ms.default(1_500).describe('what chance, derived from the task id, adds at most'),
  itemMaxMs: ms.default(3_000).describe('the longest processing of an item'),
  batchCancelingMs: ms.default(300).describe('a batch reports `canceling` at least this long'),
  webhookRetryMs: z
    .array(ms)
    .default([1_000, 5_000, 30_000])
    .describe('waits between the attempts to deliver a webhook'),
  uploadUrlMs: ms.default(3_600_000).describe('how long the URL of a chunk is good for'),
  uploadSessionMs: ms.default(24 * 3_600_000).describe('how long a multipart upload may take'),
});

/** How long things take in the box, on its clock. */
export type BoxTiming = z.infer<typeof boxTiming>;

/** What the provider refuses; the defaults are those of its documentation for the Developer plan (tier 1). */
export const boxLimits = z.strictObject({
  batchRequests: count.default(1_000).describe('items of a batch'),
  batchContentSeconds: count.default(2_000 * 3_600).describe('content of a batch, whole videos'),
  activeBatches: count.default(5).describe('batches that are not over'),
  batchesAllowed: z
    .boolean()
    .default(true)
    .describe('whether the plan has batches; 403 `api_allowed_for_paid_plan` if not'),
  uploadsPerMinute: rate.default(60).describe('uploads begun in any minute'),
  uploadsPerDay: rate.default(3_000).describe('uploads begun in any 24 hours'),
  analyzeRequestsPerMinute: rate.default(60).describe('batches created in any minute'),
  analyzeRequestsPerDay: rate.default(1_000).describe('batches created in any 24 hours'),
  analyzeMinutesPerHour: rate
    .default(null)
    .describe(
      'minutes of content put into batches in any hour; whether this counts for batches is unknown',
    ),
  analyzeMinutesPerDay: rate
    .default(null)
    .describe('minutes of content put into batches in any 24 hours; likewise unknown'),
  readsPerMinute: rate
    .default(null)
    .describe('GET requests in any minute; whether they are limited is unknown'),
  directUploadBytes: count.default(200 * 1024 ** 2).describe('a file in the form of POST /assets'),
  urlUploadBytes: count.default(4 * 1024 ** 3).describe('a file behind a URL'),
  multipartUploadBytes: count.default(10 * 1024 ** 3).describe('a file sent in chunks'),
  imageUploadBytes: count.default(32 * 1024 ** 2).describe('an image'),
  chunkBytes: z
    .int()
    .min(1)
    .default(5 * 1024 ** 2)
    .describe('a chunk of a multipart upload; real sizes are unknown'),
  uploadUrlsAtFirst: count
    .default(10)
    .describe('URLs of chunks that come with the answer that creates a multipart upload'),
  uploadUrlsPerRequest: count.default(50).describe('URLs of chunks asked for at a time'),
  assetIdsInList: count
    .default(50)
    .describe('`asset_ids` in one list request; the number is unknown'),
  minWindowSeconds: z.number().min(0).default(4).describe('shortest window; a newer page says 1'),
  maxWindowSeconds: z
    .number()
    .min(0)
    .default(2 * 3_600)
    .describe('longest window'),
  maxVideoSeconds: z
    .number()
    .min(0)
    .default(2 * 3_600)
    .describe('longest video that a window may be part of; a newer page says 4 hours'),
  maxVideoBytes: count
    .default(10 * 1024 ** 3)
    .describe('largest file that the model takes; one page says 2 GB'),
  minPictureSide: count.default(360).describe('shorter side of the picture, at least'),
  maxPictureLongSide: count.default(5_184).describe('longer side of the picture, at most'),
  maxPictureShortSide: count.default(2_160).describe('shorter side of the picture, at most'),
  maxAspectRatio: z.number().min(1).default(2.4).describe('longer side over shorter side, at most'),
  maxTokens: count.default(98_304).describe('`max_tokens`; an older page says 65,536'),
  segmentDefinitions: count.default(20).describe('definitions of an item; an older page says 10'),
  segmentFields: count.default(20).describe('fields of a definition'),
  enumValues: count.default(100).describe('values of a field; an older page says 50'),
});

/** What the provider refuses. */
export type BoxLimits = z.infer<typeof boxLimits>;

/** What the plans differ in. Source: the provider's rate limits page, in force since 2026-01-12. */
export const plans = {
  free: {},
  tier1: {},
  tier2: {
    uploadsPerMinute: 120,
    uploadsPerDay: 6_000,
    analyzeRequestsPerMinute: 120,
    analyzeRequestsPerDay: 2_000,
  },
  tier3: {
    uploadsPerMinute: 240,
    uploadsPerDay: 12_000,
    analyzeRequestsPerMinute: 240,
    analyzeRequestsPerDay: 3_000,
  },
} as const satisfies Record<string, Partial<BoxLimits>>;

/** The name of a plan; `free` has the rates of `tier1`. */
export type Plan = keyof typeof plans;

/** Everything that can be chosen about a box, at its start or while it runs. */
export const boxSettings = z.strictObject({
  timing: boxTiming.prefault({}),
  limits: boxLimits.prefault({}),
  switches: boxSwitches.prefault({}),
});

/** Everything that can be chosen about a box. */
export type BoxSettings = z.infer<typeof boxSettings>;

/** A batch that is not done by then expires. */
export const BATCH_LIFETIME_MS = 24 * 3_600_000;

/** A batch and its results are gone this long after its creation. */
export const BATCH_RETENTION_MS = 30 * 24 * 3_600_000;
