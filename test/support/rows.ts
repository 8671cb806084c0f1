import type { Analysis } from '../../shared/analysis.ts';
import type { Batch } from '../../shared/batch.ts';
import { type Profile, parseProfiles } from '../../shared/profile.ts';
import { analysisSk, batchKey, VIDEO_SK, videoPk } from '../../shared/store/keys.ts';
import { type Upload, type Video, videoIdOf } from '../../shared/video.ts';

/** The moment that rows are made at. */
export const MADE_AT = new Date('2026-10-01T00:00:00.000Z');

/** The moment `seconds` after the rows were made. */
export function atSecond(seconds: number): Date {
  return new Date(MADE_AT.getTime() + seconds * 1000);
}

const made = { revision: 0, stateSince: MADE_AT.toISOString() } as const;

/** An upload as S3 names it. */
export function anUpload(fields: Partial<Upload> = {}): Upload {
  return {
    bucket: 'uploads',
    key: 'football/goals.mp4',
    etag: 'etag-1',
    sequencer: '0055AED6DCD90281E500000000000000',
    sizeBytes: 1_000,
    uploadedAt: MADE_AT.toISOString(),
    ...fields,
  };
}

/** A video whose turn has come; what follows from its upload follows from `fields` too. */
export function aVideo(fields: Partial<Video> = {}): Video {
  const upload = anUpload({
    ...(fields.bucket !== undefined && { bucket: fields.bucket }),
    ...(fields.key !== undefined && { key: fields.key }),
    ...(fields.etag !== undefined && { etag: fields.etag }),
  });
  return {
    ...upload,
    pk: videoPk(upload.bucket, upload.key),
    sk: VIDEO_SK,
    kind: 'video',
    videoId: videoIdOf(upload),
    newestSequencer: upload.sequencer,
    state: 'registering',
    attempt: 0,
    stage: 'register-asset',
    dueAt: MADE_AT.toISOString(),
    dueBy: 'message',
    ...made,
    ...fields,
  };
}

/** An analysis that waits in the queue. */
export function anAnalysis(fields: Partial<Analysis> = {}): Analysis {
  const { pk, bucket, key, videoId, sequencer } = aVideo(fields.key ? { key: fields.key } : {});
  const profile = fields.profile ?? 'summary';
  return {
    pk,
    sk: analysisSk(profile),
    kind: 'analysis',
    state: 'queued',
    videoId,
    sequencer,
    bucket,
    key,
    profile,
    profileVersion: 'version-1',
    analysisMode: 'general',
    assetId: '64f8d2c7e4a1b37f8a9c5d12',
    durationSeconds: 60,
    queuedAt: MADE_AT.toISOString(),
    attempt: 0,
    setbacks: 0,
    stage: 'submit-batches',
    dueAt: MADE_AT.toISOString(),
    dueBy: 'clock',
    ...made,
    ...fields,
  };
}

/** A batch that the provider has. */
export function aBatch(fields: Partial<Batch> = {}): Batch {
  const batchId = fields.batchId ?? 'batch-1';
  return {
    ...batchKey(batchId),
    kind: 'batch',
    state: 'active',
    batchId,
    providerBatchId: '65a1b2c3d4e5f60718293a4b',
    analysisMode: 'general',
    itemCount: 1,
    intendedAt: MADE_AT.toISOString(),
    stage: 'collect-results',
    dueAt: MADE_AT.toISOString(),
    dueBy: 'clock',
    ...made,
    ...fields,
  };
}

/** A profile that asks for text, as `profiles.json` would hold it, defaults filled in. */
export function aProfile(fields: object = {}): Profile {
  return parsed({
    name: 'summary',
    applies_to: { prefixes: [''] },
    analysis_mode: 'general',
    prompt: 'What happens?',
    ...fields,
  });
}

/** A profile that asks for segments. */
export function aSegmentation(fields: object = {}): Profile {
  return parsed({
    name: 'goals',
    applies_to: { prefixes: [''] },
    analysis_mode: 'time_based_metadata',
    segment_definitions: [{ id: 'goal', description: 'A goal is scored.' }],
    ...fields,
  });
}

function parsed(profile: object): Profile {
  const [first] = parseProfiles({ profiles: [profile] });
  if (!first) throw new TypeError('parseProfiles returned nothing');
  return first;
}
