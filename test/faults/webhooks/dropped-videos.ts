import { PutObjectCommand } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import type { LocalPipeline } from '../../../local/start-pipeline.ts';
import { withText } from '../ingest/tiny-clip.ts';
import type { SeededDice } from '../seeded-dice.ts';

/** An upload of the campaign, and what the profiles of the project ask of it. */
export interface DroppedVideo {
  readonly key: string;
  readonly atMinute: number;
  readonly analyses: number;
}

const VIDEOS = 40;
const WITHIN_MINUTES = 30;
/** Every so many of them is asked for segments besides, which go in batches of their own. */
const FOOTBALL_EVERY = 4;

/** The same uploads for every world of a seed. */
export function planVideos(dice: SeededDice): readonly DroppedVideo[] {
  return Array.from({ length: VIDEOS }, (_, number) => {
    const isFootball = number % FOOTBALL_EVERY === 0;
    const key = `${isFootball ? 'football' : 'talks'}/${number}.mp4`;
    const atMinute = dice.whole(0, WITHIN_MINUTES - 1, 'dropped', key);
    return { key, atMinute, analyses: isFootball ? 2 : 1 };
  });
}

/** Writes those of a minute to the bucket, each in bytes of its own. */
export async function dropVideos(
  { s3, uploadsBucket: Bucket }: LocalPipeline,
  videos: readonly DroppedVideo[],
  clip: Uint8Array,
): Promise<void> {
  await pMap(
    videos,
    ({ key: Key }) => s3.send(new PutObjectCommand({ Bucket, Key, Body: withText(clip, Key) })),
    { concurrency: 4 },
  );
}
