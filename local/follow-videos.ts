import { setTimeout as pause } from 'node:timers/promises';
import pMap from 'p-map';
import type { LocalFile } from './find-files.ts';
import { isFinal, readVideo, type VideoRows } from './read-video.ts';
import type { LocalPipeline } from './start-pipeline.ts';
import type { Progress } from './terminal/progress.ts';

const POLL_MS = 250;

/**
 * Reads the videos again and again until each has reached its end or `signal` says stop; shows every
 * picture on the way.
 * @returns the last picture
 */
export async function followVideos(
  { table, tableName, uploadsBucket }: LocalPipeline,
  files: readonly LocalFile[],
  progress: Progress,
  signal: AbortSignal,
): Promise<VideoRows[]> {
  let videos: VideoRows[] = files.map(({ key }) => ({
    key,
    video: undefined,
    analyses: [],
    segments: [],
  }));
  for (;;) {
    videos = await pMap(
      videos,
      (it) => (isFinal(it) ? it : readVideo(table, tableName, uploadsBucket, it.key)),
      { concurrency: 8 },
    );
    progress.show(videos);
    if (signal.aborted || videos.every(isFinal)) return videos;
    await pause(POLL_MS, undefined, { signal }).catch(() => {});
  }
}
