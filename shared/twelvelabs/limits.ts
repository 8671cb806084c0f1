import type { UploadRates } from '../upload-pace.ts';
import type { VideoLimits } from '../video-limits.ts';

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
  /** Pegasus 1.5: the longest video, where nothing shorter is configured; what an unknown duration counts as. */
  maxVideoHours: 4,
  /** No page names a limit for the body of a request: well below what gateways commonly take. */
  maxBodyBytes: 5_000_000,
};

export type BatchLimits = typeof batchLimits;

/** Ways to upload a file, and the largest file that each takes. */
export const routeLimits = {
  /** Upload content: fetched from a URL, 4 GB. */
  urlBytes: 4_000_000_000,
  /** Upload content: in chunks, 10 GB. */
  multipartBytes: 10 * 1024 ** 3,
};

/**
 * By the way that smaller files go, above which size a file is sent in chunks. What is sent in one
 * request must arrive within one invocation, ten at a time, over a laptop's line: far less than
 * the 200 MB that the provider would take.
 */
export const chunksAboveBytes = { url: routeLimits.urlBytes, direct: 20_000_000 };

/** What Pegasus takes, where nothing else is configured. */
export const documentedLimits: VideoLimits = {
  /** Upload content: in chunks, 10 GB; one page of the model's says 2 GB. */
  maxBytes: routeLimits.multipartBytes,
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

/** Rate limits, in force since 2026-01-12: uploads by plan. */
export const planRates = {
  free: { perMinute: 60, perDay: 3_000 },
  tier1: { perMinute: 60, perDay: 3_000 },
  tier2: { perMinute: 120, perDay: 6_000 },
  tier3: { perMinute: 240, perDay: 12_000 },
} as const satisfies Record<string, UploadRates>;
