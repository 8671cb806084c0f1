import * as z from 'zod';

/** What a video must keep to. Configured at deployment; the provider's documents are the default. */
export const videoLimits = z
  .strictObject({
    maxBytes: z.number().positive(),
    minDurationSeconds: z.number().min(0),
    maxDurationSeconds: z.number().positive(),
    minSidePixels: z.number().positive(),
    maxLongSidePixels: z.number().positive(),
    maxShortSidePixels: z.number().positive(),
    /** The longer side over the shorter. */
    maxAspect: z.number().min(1),
  })
  .refine((it) => it.minSidePixels <= it.maxShortSidePixels, {
    path: ['minSidePixels'],
    message: 'must not be more than maxShortSidePixels',
  })
  .refine((it) => it.maxShortSidePixels <= it.maxLongSidePixels, {
    path: ['maxShortSidePixels'],
    message: 'must not be more than maxLongSidePixels',
  })
  .refine((it) => it.minDurationSeconds <= it.maxDurationSeconds, {
    path: ['minDurationSeconds'],
    message: 'must not be more than maxDurationSeconds',
  });

export type VideoLimits = z.infer<typeof videoLimits>;

/** What is known of a video: from its header, or from the provider. */
export interface VideoFacts {
  readonly durationSeconds?: number;
  readonly widthPixels?: number;
  readonly heightPixels?: number;
}

/** Sides are whole, mostly even numbers: a picture of 2.39:1 may have 1280x532. */
const ASPECT_TOLERANCE = 1.01;

/** The first limit that a fact breaks, with value and limit; a fact that is not known breaks none. */
export function brokenLimit(facts: VideoFacts, limits: VideoLimits): string | undefined {
  const { durationSeconds: duration, widthPixels: width, heightPixels: height } = facts;
  if (duration !== undefined && duration < limits.minDurationSeconds) {
    return `duration ${duration} s is under the limit of ${limits.minDurationSeconds} s`;
  }
  if (duration !== undefined && duration > limits.maxDurationSeconds) {
    return `duration ${duration} s is over the limit of ${limits.maxDurationSeconds} s`;
  }
  if (width === undefined || height === undefined) return undefined;
  const [short, long] = width < height ? [width, height] : [height, width];
  const picture = `picture ${width}x${height}`;
  if (short < limits.minSidePixels) {
    return `${picture} is under the limit of ${limits.minSidePixels} pixels a side`;
  }
  if (long > limits.maxLongSidePixels || short > limits.maxShortSidePixels) {
    return `${picture} is over the limit of ${limits.maxLongSidePixels}x${limits.maxShortSidePixels}`;
  }
  if (long / short > limits.maxAspect * ASPECT_TOLERANCE) {
    return `${picture} is ${(long / short).toFixed(2)}:1, over the limit of ${limits.maxAspect}:1`;
  }
  return undefined;
}
