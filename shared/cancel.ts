import pMap from 'p-map';
import type { Analysis } from './analysis.ts';
import { canceledByOperator } from './back-in-queue.ts';
import type { Batch } from './batch.ts';
import { type Stage, stages } from './lifecycle.ts';
import { batchKey } from './store/keys.ts';
import type { Row, Store } from './store/store.ts';
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
  /** Batches not over: what has not begun in them will not; what has goes on, and is billed. */
  readonly batches: readonly Batch[];
}

/** The stages before a batch, in the order of a video's way: who moves on meanwhile is met again. */
const beforeBatch = stages.slice(0, stages.indexOf('submit-batches') + 1);
const inBatch = stages.slice(stages.indexOf('settle-batches'));
const EVER = new Date('9999-12-31T00:00:00.000Z');

/** A batch, by our id or the provider's. Undefined when there is none. */
export async function reachOfBatch(
  batchId: string,
  { store }: Pick<CancelDeps, 'store'>,
): Promise<Reach | undefined> {
  const row = (await store.read(batchKey(batchId))) ?? (await store.batchOfProvider(batchId));
  if (row?.kind !== 'batch') return undefined;
  const isOver = row.stage === undefined || row.state === 'disowned';
  return { notBegun: [], riding: [], batches: isOver ? [] : [row] };
}

/** What a key has under way: its upload and its analyses, or that of one profile alone. */
export async function reachOfVideo(
  { bucket, key, profile }: { bucket: string; key: string; profile?: string | undefined },
  { store }: Pick<CancelDeps, 'store'>,
): Promise<Reach> {
  const rows = await store.ofVideo(bucket, key);
  const isMeant = (row: Row) =>
    profile === undefined || (row.kind === 'analysis' && row.profile === profile);
  return sorted(rows.filter(isMeant));
}

/** Everything under way whose key begins with `prefix`, in one bucket or in all. */
export async function reachOfPrefix(
  { bucket, prefix }: { bucket?: string | undefined; prefix: string },
  { store }: Pick<CancelDeps, 'store'>,
): Promise<Reach> {
  const found: Row[] = [];
  for (const stage of [...beforeBatch, ...inBatch]) {
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
  const isBefore = ({ stage }: Row) =>
    (beforeBatch as readonly (Stage | undefined)[]).includes(stage);
  return {
    notBegun: waiting.filter(
      (row): row is Video | Analysis => row.kind !== 'batch' && isBefore(row),
    ),
    riding: waiting.filter((row): row is Analysis => row.kind === 'analysis' && !isBefore(row)),
    batches: [],
  };
}

/** Due at a moment that the row carries: it is by the pipeline's clock, and an operator's may be wrong. */
function dueAt(moment: string | undefined, now: Date) {
  return { inSeconds: -secondsSince(moment ?? now.toISOString(), now), by: 'clock' } as const;
}
