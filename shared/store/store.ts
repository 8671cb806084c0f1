import type { Analysis } from '../analysis.ts';
import type { Batch } from '../batch.ts';
import type { OnMoved } from '../count-moves.ts';
import { lifecycles, type Stage, stageAfter } from '../lifecycle.ts';
import type { Log } from '../observability.ts';
import { type Upload, type Video, videoIdOf } from '../video.ts';
import { VIDEO_SK, videoPk } from './keys.ts';
import { createRowReader, type Row } from './row-reader.ts';
import type { Table } from './table.ts';

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
 * The rows of the state machine, read and written: the only place that knows their conditions.
 *
 * A write that lost a race answers undefined or false: that is an outcome, not an error.
 * @param onMoved told of each row that entered a state by a write of this store
 */
export function createStore(table: Table, now: () => Date, log: Log, onMoved: OnMoved = () => {}) {
  const reader = createRowReader(table, log);
  return {
    ...reader,
    claimVideo,
    queueAnalysis,
    intendBatch,
    move,
    restore,
    noteLateHint,
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
      if (entered) return told(claimed);
      const row = await reader.read(claimed);
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
    return written ? told(whole) : undefined;
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
    return moved ? told({ ...from, ...changes } as R, from.state) : undefined;
  }

  /**
   * Puts a row back as it was, unless the table knows a later state of it, or of a newer upload.
   * Undefined then.
   */
  async function restore<R extends Row>(row: R): Promise<R | undefined> {
    const isNoOlder = {
      video: 'revision <= :revision AND newestSequencer <= :newest',
      analysis: 'revision <= :revision',
      // One that waits for its webhook is archived as it would be closed: it goes on by itself.
      batch: 'revision < :revision OR (revision = :revision AND attribute_not_exists(stage))',
    }[row.kind];
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

  function told<R extends Row>(row: R, from?: Row['state']): R {
    onMoved(row, from);
    return row;
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
