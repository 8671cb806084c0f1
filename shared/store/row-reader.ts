import * as z from 'zod';
import { type Analysis, analysis } from '../analysis.ts';
import { type Batch, batch } from '../batch.ts';
import { describeIssues } from '../decode.ts';
import { isFinal, type Stage } from '../lifecycle.ts';
import type { Log } from '../observability.ts';
import { type Video, video } from '../video.ts';
import { analysisSk, indexes, type RowKey, VIDEO_SK, videoPk } from './keys.ts';
import type { Item, Table } from './table.ts';

/** A row of the state machine. */
export type Row = Video | Analysis | Batch;

/** The same, as it is read from anywhere. */
export const row = z.discriminatedUnion('kind', [video, analysis, batch]);

/** Reads the rows of the state machine: the only place that knows which index answers what. */
export function createRowReader(table: Table, log: Log) {
  return {
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
    const found: Row[] = [];
    const unreadable: Unreadable[] = [];
    let passed = 0;
    let from: Item | undefined;
    do {
      const wanted = Math.max(limit - found.length, from ? ITEMS_IN_THE_WAY : 1);
      const { items, next } = await table.queryPage(input, wanted, from);
      const page = readable(items);
      const waiting = page.rows.filter(({ kind, state }) => !isFinal(kind, state));
      found.push(...waiting);
      unreadable.push(...page.unreadable.slice(0, UNREADABLE_TOLD));
      passed += items.length - waiting.length;
      from = next;
      // Who wants all of them gets them, whatever is in the way.
    } while (from && found.length < limit && (passed < MOST_IN_THE_WAY || limit === Infinity));
    if (from && found.length < limit) log.error('rows_in_the_way', { stage, passed });
    tellOf(unreadable);
    return found.slice(0, limit);
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
      log.error('row_unreadable', { pk, sk, error });
    }
  }
}

/** Read at a time behind rows that nobody can move; and so many of these are read past, no more. */
const ITEMS_IN_THE_WAY = 500;
const MOST_IN_THE_WAY = 5_000;
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
