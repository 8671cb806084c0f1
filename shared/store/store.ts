import * as z from 'zod';
import { type Analysis, analysis } from '../analysis.ts';
import { type Batch, batch } from '../batch.ts';
import { describeIssues } from '../decode.ts';
import { isFinal, lifecycles, type Stage, stageAfter } from '../lifecycle.ts';
import type { Log } from '../observability.ts';
import { type Upload, type Video, video, videoIdOf } from '../video.ts';
import { analysisSk, indexes, type RowKey, VIDEO_SK, videoPk } from './keys.ts';
import type { Item, Table } from './table.ts';

/** A row of the state machine. */
export type Row = Video | Analysis | Batch;

/** The same, as it is read from anywhere. */
export const row = z.discriminatedUnion('kind', [video, analysis, batch]);

/** When a row is to be looked at next, and what should bring that about. */
export interface Due {
  readonly at: Date;
  readonly by: 'message' | 'clock';
}

/** One change of state; `due` is there exactly when `to` waits. Undefined in `set` removes a value. */
export interface Move<R extends Row> {
  readonly to: R['state'];
  readonly due?: Due;
  readonly set?: { readonly [K in keyof R]?: R[K] | undefined };
  /** The moment of the move; now, when left out. */
  readonly at?: Date;
}

/** The states in which a video's object is read, and may be found to be another's. */
const READ_FROM_S3: readonly Video['state'][] = ['received', 'registering', 'uploading'];

type Waiting = 'revision' | 'stateSince' | 'stage' | 'dueAt' | 'dueBy';
export type Store = ReturnType<typeof createStore>;

/**
 * The rows of the state machine: the only place that knows their conditions.
 *
 * A write that lost a race answers undefined or false: that is an outcome, not an error.
 */
export function createStore(table: Table, now: () => Date, log: Log) {
  return {
    claimVideo,
    queueAnalysis,
    intendBatch,
    move,
    restore,
    noteLateHint,
    read,
    readMany,
    due,
    countIn,
    firstSince,
    lastIn,
    ofVideo,
    analysesOf,
    batchOfProvider,
  };

  /**
   * Enters an upload as `received`. Undefined when it, or a newer upload of the same key, was
   * entered before: S3's `sequencer` orders the uploads of a key, the ETag tells their bytes apart.
   *
   * The same bytes dropped anew are another try only where the last one ended without success. Else
   * their video goes on, and is known to be as new as that; where its bytes are being read from S3,
   * what somebody may decide for having seen others there is called off, and where it is still to
   * be judged, that is the caller's to do.
   */
  async function claimVideo(upload: Upload, due: Due): Promise<Video | undefined> {
    const claimed: Video = {
      ...upload,
      pk: videoPk(upload.bucket, upload.key),
      sk: VIDEO_SK,
      kind: 'video',
      videoId: videoIdOf(upload),
      newestSequencer: upload.sequencer,
      state: 'received',
      attempt: 0,
      ...firstWait('accept-upload', due),
    };
    for (;;) {
      const entered = await table.putIf(claimed, {
        expression:
          'attribute_not_exists(pk) OR ' +
          '(newestSequencer < :sequencer AND (etag <> :etag OR #state IN (:rejected, :failed)))',
        names: { '#state': 'state' },
        values: {
          ':sequencer': upload.sequencer,
          ':etag': upload.etag,
          ':rejected': 'rejected',
          ':failed': 'failed',
        },
      });
      if (entered) return claimed;
      const row = await read(claimed);
      if (row?.kind !== 'video' || row.newestSequencer >= upload.sequencer) return undefined;
      // Otherwise it ended, or was replaced, since it was found in the way.
      if (row.etag === upload.etag && row.state !== 'rejected' && row.state !== 'failed') {
        const renewed = await renew(row, upload);
        if (renewed) return row.state === 'received' ? renewed : undefined;
      }
    }
  }

  /** Notes that a video's bytes were dropped anew; undefined when somebody moved the row meanwhile. */
  async function renew(row: Video, { sequencer, versionId }: Upload): Promise<Video | undefined> {
    const changes = {
      newestSequencer: sequencer,
      // Not where analyses may have been queued already: they are known by the older one.
      ...(READ_FROM_S3.includes(row.state) && { sequencer, versionId, revision: row.revision + 1 }),
    };
    const renewed = await table.updateIf(row, changes, {
      expression: 'revision = :seen AND sequencer = :upload',
      values: { ':seen': row.revision, ':upload': row.sequencer },
    });
    return renewed ? { ...row, ...changes } : undefined;
  }

  /**
   * Queues an analysis, in place of none or of one of an older upload. Undefined when it, or one of
   * a newer upload, is there already.
   */
  async function queueAnalysis(fields: Omit<Analysis, Waiting>): Promise<Analysis | undefined> {
    const due = { at: new Date(fields.queuedAt), by: 'clock' } as const;
    const whole = { ...fields, ...firstWait('submit-batches', due) };
    const written = await table.putIf(whole, {
      expression: 'attribute_not_exists(pk) OR sequencer < :sequencer',
      values: { ':sequencer': fields.sequencer },
    });
    return written ? whole : undefined;
  }

  /** Writes down the intent of a batch. Undefined when its id is taken. */
  async function intendBatch(fields: Omit<Batch, Waiting>, due: Due): Promise<Batch | undefined> {
    const whole = { ...fields, ...firstWait('settle-batches', due) };
    const written = await table.putIf(whole, { expression: 'attribute_not_exists(pk)' });
    return written ? whole : undefined;
  }

  /**
   * Moves `from` to another state in one conditional write: of two who decided on the same revision
   * one succeeds.
   * @returns the row as it now is, or undefined when somebody else moved it first
   * @throws IllegalMoveError for a move that its lifecycle does not know
   */
  async function move<R extends Row>(from: R, step: Move<R>): Promise<R | undefined> {
    const changes = changesBy(from, { at: now(), ...step });
    // The row of a newer upload begins anew at revision 0: its sequencer tells it from the older one.
    const sequencer = 'sequencer' in from ? from.sequencer : undefined;
    const moved = await table.updateIf(from, changes, {
      expression: `revision = :seen${sequencer === undefined ? '' : ' AND sequencer = :upload'}`,
      values: { ':seen': from.revision, ...(sequencer !== undefined && { ':upload': sequencer }) },
    });
    return moved ? ({ ...from, ...changes } as R) : undefined;
  }

  /**
   * Puts a row back as it was, unless the table knows a later state of it, or of a newer upload.
   * Undefined then.
   */
  async function restore<R extends Row>(row: R): Promise<R | undefined> {
    const isNoOlder =
      row.kind === 'video'
        ? 'revision <= :revision AND newestSequencer <= :newest'
        : 'revision <= :revision';
    const values = {
      ':revision': row.revision,
      ...(row.kind === 'video' && { ':newest': row.newestSequencer }),
    };
    const put = await table.putIf(
      row,
      'sequencer' in row
        ? {
            expression: `attribute_not_exists(pk) OR sequencer < :upload OR (sequencer = :upload AND ${isNoOlder})`,
            values: { ...values, ':upload': row.sequencer },
          }
        : { expression: `attribute_not_exists(pk) OR ${isNoOlder}`, values },
    );
    return put ? row : undefined;
  }

  /** Notes on a batch that was closed before that its webhook came; false when somebody has, or it is gone. */
  async function noteLateHint(closed: Batch, hintedAt: string): Promise<boolean> {
    const webhook = { ...closed.webhook, outcome: 'late' };
    const revision = closed.revision + 1;
    return await table.updateIf(
      closed,
      { hintedAt, webhook, revision },
      { expression: 'revision = :seen', values: { ':seen': closed.revision } },
    );
  }

  /** One row as it is this moment. @throws when it can't be read: that is not the same as none */
  async function read(key: RowKey): Promise<Row | undefined> {
    const item = await table.get(key);
    return item && row.parse(item);
  }

  /** Rows as they are this moment, in no order; the missing ones are left out. */
  async function readMany(keys: readonly RowKey[]): Promise<Row[]> {
    return rowsOf(await table.getMany(keys));
  }

  /**
   * The rows that wait for `stage` and are due by `at`, the longest due first, at most `limit`. What
   * nobody can read, or move because it is final, stands in front until it is mended, and is passed over.
   */
  async function due(stage: Stage, at: Date, limit: number): Promise<Row[]> {
    const input = {
      IndexName: indexes.due,
      KeyConditionExpression: '#stage = :stage AND dueAt <= :at',
      ExpressionAttributeNames: { '#stage': 'stage' },
      ExpressionAttributeValues: { ':stage': stage, ':at': at.toISOString() },
    };
    for (let wanted = limit; ; wanted *= 2) {
      const items = await table.query(input, wanted);
      const { rows, unreadable } = readable(items);
      const waiting = rows.filter(({ kind, state }) => !isFinal(kind, state));
      if (waiting.length < limit && items.length >= wanted) continue;
      tellOf(unreadable);
      return waiting.slice(0, limit);
    }
  }

  /** How many rows are in a state: none but batches know `intended`, say. At most `limit` are counted. */
  async function countIn(state: Row['state'], limit: number): Promise<number> {
    return await table.count(inState(state), limit);
  }

  /** Since when the row that came into a state first has been in it; undefined when none is. */
  async function firstSince(state: Row['state']): Promise<string | undefined> {
    const [first] = await table.query(inState(state), 1);
    return first && String(first['stateSince']);
  }

  /** The rows that came into a state last, the latest first, at most `limit`. */
  async function lastIn(state: Row['state'], limit: number): Promise<Row[]> {
    const keys = await table.query({ ...inState(state), ScanIndexForward: false }, limit);
    const rows = await readMany(keys.map((key) => rowKey.parse(key)));
    return rows
      .filter((it) => it.state === state)
      .toSorted((a, b) => b.stateSince.localeCompare(a.stateSince));
  }

  /** What a key has in the state machine: its video and the analyses of it, as they are this moment. */
  async function ofVideo(bucket: string, key: string): Promise<Row[]> {
    const pk = videoPk(bucket, key);
    // First the video: whoever admits it meanwhile queues its analyses before.
    const item = await table.get({ pk, sk: VIDEO_SK });
    const analyses = await table.query({
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': pk, ':prefix': analysisSk('') },
      ConsistentRead: true,
    });
    return rowsOf([...(item ? [item] : []), ...analyses]);
  }

  /** The analyses that ride in a batch, or rode in it last, as they are this moment. */
  async function analysesOf(batchId: string): Promise<Analysis[]> {
    const keys = await table.query({
      IndexName: indexes.batch,
      KeyConditionExpression: 'batchId = :batchId',
      ExpressionAttributeValues: { ':batchId': batchId },
    });
    const rows = await readMany(keys.map((key) => rowKey.parse(key)));
    return rows.filter((it): it is Analysis => it.kind === 'analysis' && it.batchId === batchId);
  }

  /** Our row for a batch of the provider's; undefined for one that is not ours. */
  async function batchOfProvider(providerBatchId: string): Promise<Batch | undefined> {
    const [key] = await table.query(
      {
        IndexName: indexes.providerBatch,
        KeyConditionExpression: 'providerBatchId = :id',
        ExpressionAttributeValues: { ':id': providerBatchId },
      },
      1,
    );
    const found = key && (await read(rowKey.parse(key)));
    return found?.kind === 'batch' ? found : undefined;
  }

  /** Of many, one row that can't be read (another version's, or edited by hand) must not stop the others. */
  function rowsOf(items: readonly Item[]): Row[] {
    const { rows, unreadable } = readable(items);
    tellOf(unreadable);
    return rows;
  }

  function tellOf(unreadable: readonly Unreadable[]): void {
    for (const { pk, sk, error } of unreadable.slice(0, UNREADABLE_TOLD)) {
      log.error('row_unreadable', { pk, sk, error, of: unreadable.length });
    }
  }

  function firstWait(stage: Stage, { at, by }: Due) {
    const stateSince = now().toISOString();
    return { revision: 0, stateSince, stage, dueAt: at.toISOString(), dueBy: by } as const;
  }
}

/** The row as a move would leave it. @throws IllegalMoveError for a move that its lifecycle does not know */
export function movedRow<R extends Row>(from: R, step: Move<R> & { readonly at: Date }): R {
  return { ...from, ...changesBy(from, step) };
}

function changesBy<R extends Row>(from: R, { to, due, set, at }: Move<R> & { readonly at: Date }) {
  const stage = stageAfter(lifecycles[from.kind], from.state, to);
  if ((stage === undefined) !== (due === undefined)) {
    throw new TypeError(`a row moved to ${to} must ${stage ? 'have' : 'not have'} a due time`);
  }
  return {
    ...set,
    state: to,
    revision: from.revision + 1,
    stateSince: to === from.state ? from.stateSince : at.toISOString(),
    stage,
    dueAt: due?.at.toISOString(),
    dueBy: due?.by,
  };
}

/** Of rows that nobody can read so many are told of at a time: there may be thousands. */
const UNREADABLE_TOLD = 10;

interface Unreadable {
  readonly pk: unknown;
  readonly sk: unknown;
  readonly error: string;
}

function readable(items: readonly Item[]) {
  const rows: Row[] = [];
  const unreadable: Unreadable[] = [];
  for (const item of items) {
    const { success, data, error } = row.safeParse(item);
    if (success) rows.push(data);
    else unreadable.push({ pk: item['pk'], sk: item['sk'], error: describeIssues(error) });
  }
  return { rows, unreadable };
}

function inState(state: Row['state']) {
  return {
    IndexName: indexes.state,
    KeyConditionExpression: '#state = :state',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':state': state },
  };
}

const rowKey = z.object({ pk: z.string(), sk: z.string() });
