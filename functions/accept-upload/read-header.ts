import type { VideoFacts } from '../../shared/video-limits.ts';
import { createBytesAt, type ReadRange, UnreadableHeaderError } from './header-bytes.ts';
import type { HeaderClaims, Picture } from './header-claims.ts';
import { isMatroska, readMatroskaHeader } from './matroska-header.ts';
import { isMp4, readMp4Header } from './mp4-header.ts';

export type { ReadRange };

/**
 * Duration and picture size of an MP4, QuickTime, Matroska or WebM file, by a few small reads however
 * long it is. Whatever else it is (of another format, cut off, damaged; fragmented or live, so that
 * its duration stands nowhere), what is not known for certain is absent. The size is that in which
 * pictures are stored: before they are turned, or their pixels stretched.
 * @throws only what `readRange` throws
 */
export async function readHeader(sizeBytes: number, readRange: ReadRange): Promise<VideoFacts> {
  const bytesAt = createBytesAt(sizeBytes, readRange);
  try {
    const start = await bytesAt(0, 8);
    if (isMp4(start)) return factsOf(await readMp4Header(bytesAt, sizeBytes));
    if (isMatroska(start)) return factsOf(await readMatroskaHeader(bytesAt, sizeBytes));
    return {};
  } catch (error) {
    if (error instanceof UnreadableHeaderError) return {};
    throw error;
  }
}

function factsOf({ durationSeconds: claimed = 0, pictures }: HeaderClaims): VideoFacts {
  const durationSeconds = Math.round(claimed * 1_000) / 1_000;
  // A writer that never came to the end leaves 0.
  const isKnown = Number.isFinite(durationSeconds) && durationSeconds > 0;
  return { ...(isKnown && { durationSeconds }), ...onlySize(pictures) };
}

/** The size of all picture tracks. None if they differ: which of them the provider takes is not known. */
function onlySize([first, ...others]: readonly Picture[]): Picture | undefined {
  if (!first || first.widthPixels === 0 || first.heightPixels === 0) return undefined;
  const { widthPixels, heightPixels } = first;
  const isSame = (it: Picture) =>
    it.widthPixels === widthPixels && it.heightPixels === heightPixels;
  return others.every(isSame) ? { widthPixels, heightPixels } : undefined;
}
