import type { MediaFacts, VideoFacts } from '../assets/media-facts.ts';
import type { BoxLimits } from '../settings.ts';
import type { ItemError } from './batch.ts';
import type { ItemSettings } from './batch-request.ts';

/** The part of a video that is analyzed, in seconds. */
export interface AnalysisWindow {
  readonly start: number;
  readonly end: number;
}

/** The part of a video that an item asks for, within the video. */
export function analysisWindow(facts: MediaFacts, settings: ItemSettings): AnalysisWindow {
  const start = settings.start_time ?? 0;
  const end = Math.min(settings.end_time ?? facts.durationSeconds, facts.durationSeconds);
  return { start, end: Math.max(start, end) };
}

/** Why the model can't analyze an item; such an item fails alone, the batch goes on. */
export function judgeItem(
  facts: MediaFacts,
  settings: ItemSettings,
  limits: BoxLimits,
): ItemError | undefined {
  if (!facts.video) {
    return { code: 'video_file_broken', message: 'The file has no video stream.' };
  }
  if (facts.sizeBytes > limits.maxVideoBytes) {
    const message = `The video is too large. It must be at most ${limits.maxVideoBytes} bytes.`;
    return { code: 'video_filesize_too_large', message };
  }
  return judgeDuration(facts, settings, limits) ?? judgePicture(facts.video, limits);
}

function judgeDuration(
  facts: MediaFacts,
  settings: ItemSettings,
  limits: BoxLimits,
): ItemError | undefined {
  const { start, end } = analysisWindow(facts, settings);
  if (end - start < limits.minWindowSeconds) {
    const least = `It must be at least ${limits.minWindowSeconds} seconds.`;
    return { code: 'video_duration_too_short', message: `The video is too short. ${least}` };
  }
  if (end - start > limits.maxWindowSeconds || facts.durationSeconds > limits.maxVideoSeconds) {
    const message = 'Video duration exceeds maximum allowed duration';
    return { code: 'video_duration_too_long', message };
  }
  const definitions = settings.response_format?.segment_definitions ?? [];
  const ranges = definitions.flatMap((definition) => definition.time_ranges ?? []);
  if (ranges.some((range) => range.end_time > facts.durationSeconds)) {
    return { code: 'parameter_invalid', message: 'The time_ranges must lie within the video.' };
  }
  return undefined;
}

function judgePicture({ width, height }: VideoFacts, limits: BoxLimits): ItemError | undefined {
  const long = Math.max(width, height);
  const short = Math.min(width, height);
  if (short < limits.minPictureSide) {
    const least = `${limits.minPictureSide}x${limits.minPictureSide}`;
    const message = `The resolution of the video is too low. It must be at least ${least}.`;
    return { code: 'video_resolution_too_low', message };
  }
  if (long > limits.maxPictureLongSide || short > limits.maxPictureShortSide) {
    const most = `${limits.maxPictureLongSide}x${limits.maxPictureShortSide}`;
    const message = `The resolution of the video is too high. It must be at most ${most}.`;
    return { code: 'video_resolution_too_high', message };
  }
  if (long / short > limits.maxAspectRatio) {
    const most = `${limits.maxAspectRatio}:1`;
    const message = `The aspect ratio of the video must be between 1:1 and ${most}.`;
    return { code: 'video_resolution_invalid_aspect_ratio', message };
  }
  return undefined;
}
