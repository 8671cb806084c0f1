/** Where a row lies in the table. */
export interface RowKey {
  readonly pk: string;
  readonly sk: string;
}

/** One item collection a video: a single Query on `pk` shows all there is to know of it. */
export function videoPk(bucket: string, key: string): string {
  return `VIDEO#${bucket}/${key}`;
}

export const VIDEO_SK = 'VIDEO';

export function analysisSk(profile: string): string {
  return `ANALYSIS#${profile}`;
}

/** Before the segments of one profile, or of one of its definitions. */
export function segmentPrefix(profile: string, definition?: string): string {
  return `SEGMENT#${profile}#${definition === undefined ? '' : `${definition}#`}`;
}

/**
 * Sorts the segments of one definition by their start: milliseconds, padded to 9 digits (11 days).
 * `ordinal` tells apart those that start together, and `set` those of one answer from any other's.
 */
export function segmentSk(
  profile: string,
  definition: string,
  startSeconds: number,
  ordinal: number,
  set: string,
): string {
  const startMs = String(Math.round(startSeconds * 1000)).padStart(9, '0');
  return `${segmentPrefix(profile, definition)}${startMs}#${ordinal}#${set}`;
}

/** A line of a batch's results that nobody could use: by its bytes, so that each is kept once. */
export function quarantineKey(batchId: string, sha256: string): RowKey {
  return { pk: batchKey(batchId).pk, sk: `${QUARANTINE_PREFIX}${sha256.slice(0, 32)}` };
}

export const QUARANTINE_PREFIX = 'QUARANTINE#';

export function batchKey(batchId: string): RowKey {
  return { pk: `BATCH#${batchId}`, sk: 'BATCH' };
}

/** Rows that are no work of their own: the upload schedule, and what rounds and the clock hold and remember. */
export const uploadScheduleKey: RowKey = { pk: 'SCHEDULE#uploads', sk: 'SCHEDULE' };
export const clockMemoryKey: RowKey = { pk: 'MEMORY#clock', sk: 'MEMORY' };
export const batchingMemoryKey: RowKey = { pk: 'MEMORY#submit-batches', sk: 'MEMORY' };

export function leaseKey(name: string): RowKey {
  return { pk: `LEASE#${name}`, sk: 'LEASE' };
}

/** The names of the table's indexes: the stack makes them, the store reads them. */
export const indexes = {
  /** The waiting room: `stage`, `dueAt`. Holds exactly the rows that are not final. */
  due: 'due',
  /** What is in a state, and since when: `state`, `stateSince`. */
  state: 'state',
  /** The analyses of one batch: `batchId`, `customId`. */
  batch: 'batch',
  /** The analyses by one profile, by when they were queued: `profile`, `queuedAt`. */
  profile: 'profile',
  /** Our batch for one of the provider's: `providerBatchId`. */
  providerBatch: 'provider-batch',
  /** The segments of one definition over the library, newest first by when the video was queued: `definition`, `queuedAt`. */
  segments: 'segments',
} as const;
