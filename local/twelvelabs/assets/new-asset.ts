import { faultKinds } from '../faults/fault.ts';
import type { BoxState } from '../state.ts';
import type { Asset, AssetFate } from './asset.ts';
import { type Findings, tooLargeImage } from './examine.ts';
import type { UserMetadata } from './user-metadata.ts';

/** What an upload says about itself, whatever its method. */
export interface AssetDraft {
  readonly method: Asset['method'];
  readonly filename: string;
  /** As asked for; what is left out is a switch. */
  readonly enableHls?: boolean | undefined;
  readonly enableThumbnail?: boolean | undefined;
  readonly userMetadata?: UserMetadata | undefined;
}

/** Takes an upload in: from now on there is an asset, whose bytes are still to come. */
export function newAsset(assetId: string, draft: AssetDraft, state: BoxState): Asset {
  const { method, filename, userMetadata = {} } = draft;
  const derivesByDefault = state.switches.derivedMedia === 'on';
  const asset: Asset = {
    assetId,
    method,
    filename,
    fileType: promisedType(filename),
    createdAtMs: state.clock.nowMs(),
    derived: {
      hls: draft.enableHls ?? derivesByDefault,
      thumbnail: draft.enableThumbnail ?? derivesByDefault,
    },
    fate: fateOf(assetId, filename, state),
    userMetadata,
  };
  state.addAsset(asset);
  return asset;
}

/** Notes what the bytes were; it shows after `processingMs` and what faults add to it. */
export function concludeAsset(
  asset: Asset,
  findings: Findings,
  state: BoxState,
  processingMs = state.timing.assetProcessingMs,
): void {
  const failure = asset.fate.failure ?? tooLargeImage(findings, state.limits);
  const shownFromMs = state.clock.nowMs() + processingMs + asset.fate.extraMs;
  asset.outcome = { shownFromMs, ...(failure === undefined ? findings : { error: failure }) };
}

function fateOf(assetId: string, filename: string, state: BoxState): AssetFate {
  let fate: AssetFate = { extraMs: 0 };
  for (const fault of state.faults.strike(faultKinds.asset, { assetId, filename })) {
    if (fault.kind === 'break-asset') fate = { ...fate, failure: fault.message };
    if (fault.kind === 'slow-asset') fate = { ...fate, extraMs: fate.extraMs + fault.ms };
    if (fault.kind === 'stall-asset') fate = { ...fate, extraMs: Infinity };
  }
  return fate;
}

const mimeTypes: ReadonlyMap<string, string> = new Map(
  Object.entries({
    mp4: 'video/mp4',
    m4v: 'video/mp4',
    mov: 'video/quicktime',
    webm: 'video/webm',
    mkv: 'video/x-matroska',
    ts: 'video/MP2T',
    avi: 'video/x-msvideo',
    mp3: 'audio/mpeg',
    wav: 'audio/wav',
    png: 'image/png',
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    gif: 'image/gif',
    webp: 'image/webp',
  }),
);

/** The type that a name promises, before anyone has looked into the file. */
function promisedType(filename: string): string {
  const extension = filename.split('.').at(-1)?.toLowerCase() ?? '';
  return mimeTypes.get(extension) ?? 'application/octet-stream';
}
