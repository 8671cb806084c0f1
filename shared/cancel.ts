import pMap from 'p-map';
import type { Analysis } from './analysis.ts';
import { canceledByOperator } from './back-in-queue.ts';
import type { Batch } from './batch.ts';
import { stages } from './lifecycle.ts';
import { batchKey } from './store/keys.ts';
import type { Row } from './store/row-reader.ts';
import type { Store } from './store/store.ts';
import type { Video } from './video.ts';
import { secondsSince, type WaitingRoom, WRITES_AT_ONCE } from './waiting-room.ts';

export interface CancelDeps {
  readonly store: Pick<Store, 'batchOfProvider' | 'due' | 'ofVideo' | 'read'>;
  readonly waitingRoom: WaitingRoom;
  readonly now: () => Date;
}

/** What a cancellation reaches; rows as they were found. */
export interface Reach {
  /** Not begun: they end at once, unbilled. */
  readonly notBegun: readonly (Video | Analysis)[];
  /** In a batch already: they are kept if they become ready, and not tried again if they do not. */
  readonly riding: readonly Analysis[];
  /** Uploads that are being made: what becomes of them can be canceled once it is queued. */
  readonly uploading: readonly Video[];
  /** Batches not over: what has not begun in them will not; what has goes on, and is billed. */
  readonly batches: readonly Batch[];
}

const EVER = new Date('9999-12-31T00:00:00.000Z');

/** A batch, by our id or the provider's. Undefined when there is none. */
export async function reachOfBatch(
  batchId: string,
  { store }: Pick<CancelDeps, 'store'>,
): Promise<Reach | undefined> {
  const row = (await store.read(batchKey(batchId))) ?? (await store.batchOfProvider(batchId));
  if (row?.kind !== 'batch') return undefined;
  const { stage, state, collectedAt } = row;
  const isOver = stage === undefined || state === 'disowned' || collectedAt !== undefined;
  return { notBegun: [], riding: [], uploading: [], batches: isOver ? [] : [row] };
}

/** What a key has under way: its upload and its analyses, or that of one profile alone. */
export async function reachOfVideo(
  { bucket, key, profile }: { bucket: string; key: string; profile?: string | undefined },
  { store }: Pick<CancelDeps, 'store'>,
): Promise<Reach> {
  const rows = await store.ofVideo(bucket, key);
  if (profile === undefined) return sorted(rows);
  const its = sorted(rows.filter((row) => row.kind === 'analysis' && row.profile === profile));
  const uploading = rows.filter((row) => row.kind === 'video' && row.stage !== undefined);
  return { ...its, uploading: uploading.filter((row) => row.kind === 'video') };
}

/** Everything under way whose key begins with `prefix`, in one bucket or in all. */
export async function reachOfPrefix(
  { bucket, prefix }: { bucket?: string | undefined; prefix: string },
  { store }: Pick<CancelDeps, 'store'>,
): Promise<Reach> {
  const found: Row[] = [];
  // In the order of a video's way: who moves on meanwhile is met again.
  for (const stage of stages) {
    for (const row of await store.due(stage, EVER, Number.POSITIVE_INFINITY)) {
      if (row.kind === 'batch' || !row.key.startsWith(prefix)) continue;
      if (bucket === undefined || row.bucket === bucket) found.push(row);
    }
  }
  return sorted(found);
}

/**
 * Cancels what was reached, as far as nobody moved it on meanwhile. Said twice it does no harm.
 * @returns how many rows were canceled; less than were reached: look again
 */
export async function cancel(
  { notBegun, riding, batches }: Reach,
  { waitingRoom, now }: CancelDeps,
): Promise<number> {
  const ended = await pMap(
    notBegun,
    (row) =>
      waitingRoom.move<Video | Analysis>(row, {
        to: 'failed',
        set: { reason: canceledByOperator },
      }),
    { concurrency: WRITES_AT_ONCE },
  );
  const cancelRequestedAt = now().toISOString();
  const marked = await pMap(
    riding,
    (row) =>
      waitingRoom.move(row, {
        ...dueAt(row.dueAt, now()),
        to: row.state,
        set: { cancelRequestedAt },
      }),
    { concurrency: WRITES_AT_ONCE },
  );
  const called = await pMap(batches, (row) =>
    waitingRoom.move(row, {
      // One that runs is due at once, and canceled at the provider by who looks.
      ...dueAt(row.state === 'active' ? row.stateSince : row.dueAt, now()),
      to: row.state,
      set: { cancelRequestedAt },
    }),
  );
  return [...ended, ...marked, ...called].filter(Boolean).length;
}

function sorted(rows: readonly Row[]): Reach {
  const waiting = rows.filter(({ stage }) => stage !== undefined);
  const videos = waiting.filter((row) => row.kind === 'video');
  const analyses = waiting.filter((row) => row.kind === 'analysis');
  return {
    notBegun: [...videos.filter(isInLine), ...analyses.filter(({ state }) => state === 'queued')],
    riding: analyses.filter(({ state }) => state !== 'queued'),
    uploading: videos.filter((video) => !isInLine(video)),
    batches: [],
  };
}

/**
 * Nobody has begun to upload it. Later it is not for us to end it: who is about to queue its analyses
 * would queue them all the same.
 */
function isInLine({ state }: Video): boolean {
  return state === 'received' || state === 'waiting';
}

/** Due at a moment that the row carries: it is by the pipeline's clock, and an operator's may be wrong. */
function dueAt(moment: string | undefined, now: Date) {
  return { inSeconds: -secondsSince(moment ?? now.toISOString(), now), by: 'clock' } as const;
}
