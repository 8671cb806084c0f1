/**
 * The provider's limits, each with where it is documented. Where its own pages contradict each other
 * the default is the value that refuses less, for what we let pass the provider still judges.
 */
export const batchLimits = {
  /** Create a batch: `requests`, 1 to 1,000. */
  maxRequests: 1_000,
  /** Create a batch: content hours. */
  maxHours: 2_000,
  /** Create a batch: active batches an account. */
  maxActive: 5,
  /** Pegasus 1.5: the longest video; also what an unknown duration counts as. */
  maxVideoHours: 4,
};

export type BatchLimits = typeof batchLimits;

export const assetLimits = {
  /** Upload content: direct upload of video, 200 MB. */
  maxDirectBytes: 200_000_000,
  /** Upload content: by URL, 4 GB. */
  maxUrlBytes: 4_000_000_000,
  /** Pegasus 1.5: 4 s in its older pages, 1 s in its newer ones. */
  minDurationSeconds: 1,
  /** Pegasus 1.5: 2 h in its older pages, 4 h in its newer ones. */
  maxDurationSeconds: 4 * 3_600,
  /** Pegasus 1.5: 360x360 to 5184x2160. */
  minSidePixels: 360,
  maxLongSidePixels: 5_184,
  maxShortSidePixels: 2_160,
  /** Pegasus 1.5: from 1:1 to 2.4:1, either way. */
  maxAspect: 2.4,
};

export type AssetLimits = typeof assetLimits;
