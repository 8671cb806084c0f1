import pMap from 'p-map';
import { about, subjectOf } from '../../shared/about.ts';
import type { Deliveries } from '../../shared/deliveries.ts';
import { messageOf } from '../../shared/errors.ts';
import type { RoundDue, RowDue } from '../../shared/messages.ts';
import type { Log } from '../../shared/observability.ts';
import { noProfile, type Profile, profilesFor, profileVersion } from '../../shared/profile.ts';
import type { Queue } from '../../shared/queue.ts';
import { analysisSk } from '../../shared/store/keys.ts';
import type { SegmentStore } from '../../shared/store/segments.ts';
import type { Store } from '../../shared/store/store.ts';
import { PAGE_LIMIT, type TwelveLabs } from '../../shared/twelvelabs/client.ts';
import { isProviderError, reasonOf } from '../../shared/twelvelabs/errors.ts';
import type { Asset } from '../../shared/twelvelabs/schemas.ts';
import { MAX_FAILED_ASSETS, type Reason, type Video } from '../../shared/video.ts';
import type { VideoFacts, VideoLimits } from '../../shared/video-limits.ts';
import {
  isHandedOver,
  longerEachTime,
  secondsSince,
  type WaitingRoom,
} from '../../shared/waiting-room.ts';
import { judgeAsset } from './judge-asset.ts';

export interface AdmitAssetsDeps {
  readonly provider: Pick<TwelveLabs, 'listAssets'>;
  readonly store: Pick<Store, 'readMany' | 'queueAnalysis'>;
  readonly segments: Pick<SegmentStore, 'deleteOlder'>;
  readonly waitingRoom: WaitingRoom;
  readonly queuedAnalyses: Queue<RoundDue>;
  readonly profiles: readonly Profile[];
  readonly limits: VideoLimits;
  readonly now: () => Date;
  readonly log: Log;
}

/** An asset that takes longer than this to become ready never will. */
const PATIENCE_SECONDS = 24 * 3_600;
/** What may have kept the provider from the file is given this long to pass, and longer each time. */
const AFTER_FAILURE_SECONDS = 300;
/** Assets take seconds to minutes. A look costs five write units: the quick ones show at the first. */
const NEXT_LOOK_SECONDS = { least: 10, most: 300 };
/** How long to leave a provider alone that did not answer. */
const OUTAGE_SECONDS = 60;

/**
 * Moves each due video on by what the provider says of its asset: ready and within the limits, one
 * analysis is queued for each profile that applies.
 * @returns the ids of the messages to deliver again
 */
export async function admitAssets(
  deliveries: Deliveries<RowDue>,
  deps: AdmitAssetsDeps,
): Promise<string[]> {
  try {
    const videos = await handedOver(deliveries, deps);
    for (let start = 0; start < videos.length; start += PAGE_LIMIT) {
      await admitPage(videos.slice(start, start + PAGE_LIMIT), deps);
    }
    return [...deliveries.malformed];
  } catch (error) {
    // One read serves all of them, so its failure is the failure of all; each is safe to repeat.
    deps.log.error('admit_failed', { error: messageOf(error) });
    return [...deliveries.malformed, ...deliveries.decoded.map(({ messageId }) => messageId)];
  }
}

async function handedOver({ decoded }: Deliveries<RowDue>, deps: AdmitAssetsDeps) {
  const messages = new Map(decoded.map(({ message }) => [message.pk, message]));
  const rows = await deps.store.readMany([...messages.values()]);
  return rows.filter((row): row is Video => {
    const message = messages.get(row.pk);
    return (
      row.kind === 'video' &&
      message !== undefined &&
      isHandedOver(row, 'admit-asset', message, deps.now())
    );
  });
}

async function admitPage(videos: readonly Video[], deps: AdmitAssetsDeps): Promise<void> {
  const assets = await listAssets(videos, deps);
  const queued = await pMap(
    videos,
    async (video) => {
      return await about(subjectOf(video), async () => {
        if (!('byId' in assets)) return await waitOutage(video, deps, assets.reason);
        return await admit(video, assets.byId.get(video.assetId ?? ''), deps);
      });
    },
    { concurrency: 10 },
  );
  if (queued.some((count) => count > 0)) await deps.queuedAnalyses.send([{ round: 'due' }]);
}

/** The assets by id, or why the provider can't say: then all of them wait, which is nobody's fault. */
async function listAssets(videos: readonly Video[], { provider, log }: AdmitAssetsDeps) {
  try {
    const assets = await provider.listAssets(videos.map(({ assetId }) => assetId ?? ''));
    return { byId: new Map(assets.map((asset) => [asset._id, asset])) };
  } catch (error) {
    if (!isProviderError(error)) throw error;
    log.warn('assets_not_listed', { error: error.message });
    return { reason: reasonOf(error) };
  }
}

/** @returns how many analyses were queued */
async function admit(video: Video, asset: Asset | undefined, deps: AdmitAssetsDeps) {
  const verdict = judgeAsset(asset, deps.limits);
  if (verdict.kind === 'waiting') return await waitLonger(video, deps, verdict.reason);
  if (verdict.kind === 'failed') return await makeAnother(video, deps, verdict.reason);
  if (verdict.kind === 'rejected') {
    const { reason, facts } = verdict;
    await deps.waitingRoom.move(video, { to: 'rejected', set: { ...facts, reason } });
    return 0;
  }
  const profiles = profilesFor(video.key, deps.profiles);
  if (profiles.length === 0) {
    const set = { ...verdict.facts, reason: noProfile(video.key) };
    await deps.waitingRoom.move(video, { to: 'rejected', set });
    return 0;
  }
  // Analyses first: a crash in between finds the video here again, and they are only written once.
  for (const profile of profiles) await queueAnalysis(video, verdict.facts, profile, deps);
  await deps.waitingRoom.move(video, {
    to: 'admitted',
    set: { ...verdict.facts, reason: undefined },
  });
  return profiles.length;
}

/**
 * An asset failed in words that don't speak of the file: an expired URL, a fetch that broke, an
 * outage. Another is made of the upload, a bounded number of times.
 */
async function makeAnother(video: Video, deps: AdmitAssetsDeps, reason: Reason): Promise<0> {
  const failedAssets = (video.failedAssets ?? 0) + 1;
  await deps.waitingRoom.move(
    video,
    failedAssets >= MAX_FAILED_ASSETS
      ? { to: 'failed', set: { reason, failedAssets } }
      : {
          to: 'registering',
          inSeconds: AFTER_FAILURE_SECONDS * 2 ** (failedAssets - 1),
          set: { reason, failedAssets, assetId: undefined },
        },
  );
  return 0;
}

async function waitLonger(video: Video, deps: AdmitAssetsDeps, why?: Reason): Promise<0> {
  const waitedSeconds = secondsSince(video.stateSince, deps.now());
  // After an outage, of which the last reason tells, the asset is given one more look.
  if (waitedSeconds > PATIENCE_SECONDS && (!video.reason || video.reason.code === why?.code)) {
    const message = `the asset was still processing after ${Math.round(waitedSeconds / 3_600)} h`;
    const reason = why ?? { code: 'asset_not_ready', message };
    await deps.waitingRoom.move(video, { to: 'failed', set: { reason } });
  } else {
    const inSeconds = longerEachTime(waitedSeconds, NEXT_LOOK_SECONDS);
    await deps.waitingRoom.move(video, { to: 'processing', inSeconds, set: { reason: why } });
  }
  return 0;
}

/** The provider can't say: nobody's fault. */
async function waitOutage(video: Video, deps: AdmitAssetsDeps, reason: Reason): Promise<0> {
  await deps.waitingRoom.move(video, {
    to: 'processing',
    inSeconds: OUTAGE_SECONDS,
    set: { reason },
  });
  return 0;
}

async function queueAnalysis(
  { pk, videoId, sequencer, bucket, key, assetId = '', durationSeconds: ofHeader }: Video,
  { durationSeconds = ofHeader }: VideoFacts,
  profile: Profile,
  { store, segments, now }: AdmitAssetsDeps,
): Promise<void> {
  await store.queueAnalysis({
    pk,
    sk: analysisSk(profile.name),
    kind: 'analysis',
    state: 'queued',
    videoId,
    sequencer,
    bucket,
    key,
    profile: profile.name,
    profileVersion: profileVersion(profile),
    analysisMode: profile.analysis_mode,
    assetId,
    ...(durationSeconds !== undefined && { durationSeconds }),
    queuedAt: now().toISOString(),
    attempt: 0,
    setbacks: 0,
  });
  // As the row of an older upload's analysis is gone now, so are the segments that it spoke of.
  await segments.deleteOlder({ pk, sequencer, profile: profile.name });
}
