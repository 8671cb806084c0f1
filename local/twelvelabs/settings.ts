/** How long things take in the box, on its clock. What the provider documents is not in here. */
export interface BoxTiming {
  /** From the moment that the bytes of an upload are read until its asset is ready or failed. */
  readonly assetProcessingMs: number;
  /** From the creation of a batch until its first item may leave the queue. */
  readonly batchPendingMs: number;
  /** The items of a batch leave the queue spread over this time. */
  readonly itemStartSpreadMs: number;
  /** The shortest processing of an item. */
  readonly itemMinMs: number;
  /** What each second of content adds to the processing of an item. */
  readonly itemMsPerContentSecond: number;
  /** What chance, derived from the task id, adds at most. */
  readonly itemSpreadMs: number;
  /** The longest processing of an item. */
  readonly itemMaxMs: number;
  /** A batch reports `canceling` at least this long. */
  readonly batchCancelingMs: number;
  /** Waits between the attempts to deliver a webhook; their number is undocumented, so is this. */
  readonly webhookRetryMs: readonly number[];
}

/** A demonstration: quick, but slow enough to be watched. A batch of three ends within 4 s. */
export const defaultTiming: BoxTiming = {
  assetProcessingMs: 1_500,
  batchPendingMs: 400,
  itemStartSpreadMs: 500,
  itemMinMs: 1_000,
  itemMsPerContentSecond: 5,
  itemSpreadMs: 1_500,
  itemMaxMs: 3_000,
  batchCancelingMs: 300,
  webhookRetryMs: [1_000, 5_000, 30_000],
};

/** What the provider refuses; the numbers are those of its documentation. */
export interface BoxLimits {
  readonly batchRequests: number;
  readonly batchContentSeconds: number;
  readonly activeBatches: number;
  readonly uploadsPerMinute: number;
  readonly directUploadBytes: number;
  readonly urlUploadBytes: number;
  /** Shortest and longest analysis window; outside, the item fails alone. */
  readonly minWindowSeconds: number;
  readonly maxWindowSeconds: number;
  /** The sides of the picture, short and long, and how much longer the long one may be. */
  readonly minPictureSide: number;
  readonly maxPictureLongSide: number;
  readonly maxPictureShortSide: number;
  readonly maxAspectRatio: number;
  readonly segmentDefinitions: number;
}

/** The limits of the Developer plan (tier 1). */
export const defaultLimits: BoxLimits = {
  batchRequests: 1_000,
  batchContentSeconds: 2_000 * 3_600,
  activeBatches: 5,
  uploadsPerMinute: 60,
  directUploadBytes: 200 * 1024 ** 2,
  urlUploadBytes: 4 * 1024 ** 3,
  minWindowSeconds: 4,
  maxWindowSeconds: 2 * 3_600,
  minPictureSide: 360,
  maxPictureLongSide: 5_184,
  maxPictureShortSide: 2_160,
  maxAspectRatio: 2.4,
  segmentDefinitions: 20,
};

/** A batch that is not done by then expires. */
export const BATCH_LIFETIME_MS = 24 * 3_600_000;

/** A batch and its results are gone this long after its creation. */
export const BATCH_RETENTION_MS = 30 * 24 * 3_600_000;
