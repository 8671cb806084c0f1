import { PutObjectCommand } from '@aws-sdk/client-s3';
import { isFinal, readVideo, type VideoRows } from '../../../local/read-video.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { DeployedWorld } from './emulated-world.ts';

/** A file to be dropped, and what is to become of it. */
export interface Drop {
  readonly key: string;
  readonly content: Uint8Array;
  /** How many profiles of profiles.json apply to it; none to what is no video. */
  readonly analyses: number;
}

const POLL_MS = 250;

/** Drops files into the uploads bucket. */
export async function dropWave(
  { clients, stack }: DeployedWorld,
  wave: readonly Drop[],
): Promise<void> {
  for (const { key, content } of wave) {
    await clients.s3.send(
      new PutObjectCommand({ Bucket: stack.uploadsBucket, Key: key, Body: content }),
    );
  }
}

/** Waits until all of the wave is final; returns the rows. @throws with those that are not, after `seconds` */
export async function waveEnds(
  world: DeployedWorld,
  wave: readonly Drop[],
  seconds: number,
): Promise<VideoRows[]> {
  let rows: VideoRows[] = [];
  await waitFor(
    async () => {
      world.surroundings.signal.throwIfAborted();
      rows = await Promise.all(wave.map(({ key }) => rowsOf(world, key)));
      return rows.every(isFinal);
    },
    {
      timeoutMs: seconds * 1000,
      pollMs: POLL_MS,
      describe: () => rows.filter((it) => !isFinal(it)).map(stateOf),
    },
  );
  return rows;
}

/** The rows of a dropped file as they are now. */
export function rowsOf({ clients, stack }: DeployedWorld, key: string): Promise<VideoRows> {
  return readVideo(clients.table, stack.tableName, stack.uploadsBucket, key);
}

/** @throws unless every row of the wave is what it should be: analysed once by each profile, or refused */
export function expectOutcome(wave: readonly Drop[], rows: readonly VideoRows[]): void {
  const wrong = wave.flatMap(({ key, analyses }) => {
    const found = rows.find((it) => it.key === key);
    const isReady =
      found?.video?.state === 'admitted' &&
      found.analyses.length === analyses &&
      found.analyses.every(({ state }) => state === 'ready');
    const isRight = analyses > 0 ? isReady : found?.video?.state === 'rejected';
    return isRight ? [] : [found ? stateOf(found) : { key }];
  });
  if (wrong.length > 0) throw new Error(`not as expected: ${JSON.stringify(wrong, undefined, 1)}`);
}

/** @throws unless the provider's books show one asset and one analysis by each profile for every video */
export function expectPaidOnce(
  { box }: Pick<DeployedWorld, 'box'>,
  dropped: readonly Drop[],
): string {
  const videos = dropped.filter(({ analyses }) => analyses > 0);
  const wanted = videos.reduce((sum, { analyses }) => sum + analyses, 0);
  const { ledger } = box;
  const twice = ledger.paidTwice().length;
  const counts = [ledger.assets().length, ledger.items().length, ledger.billedItems().length];
  const [assets, analyses, billed] = counts;
  const words = `${assets} assets, ${analyses} analyses, ${billed} billed, ${twice} twice`;
  const isRight = counts.join() === [videos.length, wanted, wanted].join() && twice === 0;
  if (!isRight) throw new Error(`${words}, for ${videos.length} videos and ${wanted} analyses`);
  return words;
}

function stateOf({ key, video, analyses }: VideoRows) {
  return {
    key,
    video: video && {
      state: video.state,
      stage: video.stage,
      dueAt: video.dueAt,
      reason: video.reason,
    },
    analyses: analyses.map(({ profile, state, dueAt, reason }) => ({
      profile,
      state,
      dueAt,
      reason,
    })),
  };
}
