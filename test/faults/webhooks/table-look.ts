import { paginateScan } from '@aws-sdk/lib-dynamodb';
import type { LocalPipeline } from '../../../local/start-pipeline.ts';
import type { TwelveLabsBox } from '../../../local/twelvelabs/box.ts';
import { type Analysis, analysis } from '../../../shared/analysis.ts';
import { type Video, video } from '../../../shared/video.ts';
import type { DroppedVideo } from './dropped-videos.ts';

/** The rows of the table that tell of videos, and how many of all wait for somebody. */
export interface TableRows {
  readonly videos: readonly Video[];
  readonly analyses: readonly Analysis[];
  readonly waiting: number;
}

/** What became of the videos that were dropped. */
export interface Fates {
  /** Everything that was asked of them is answered. */
  readonly ready: number;
  readonly failed: number;
  readonly notFinal: number;
  /** Without a row, or without one for something that was asked of them. */
  readonly lost: number;
  readonly paidTwice: number;
}

/** How late results were, in simulated seconds. */
export interface Delays {
  /** From the moment that the line of an item was there until its row was `ready`. */
  readonly ofItems: readonly number[];
  /** From the end of a batch until the last row that it was to make `ready` was. */
  readonly ofBatches: readonly number[];
}

/** Reads the whole table, as it is this moment. */
export async function readRows({ table, tableName }: LocalPipeline): Promise<TableRows> {
  const videos: Video[] = [];
  const analyses: Analysis[] = [];
  let waiting = 0;
  const pages = paginateScan({ client: table }, { TableName: tableName, ConsistentRead: true });
  for await (const { Items: items = [] } of pages) {
    for (const item of items) {
      if (item['stage'] !== undefined) waiting += 1;
      if (item['kind'] === 'video') videos.push(video.parse(item));
      if (item['kind'] === 'analysis') analyses.push(analysis.parse(item));
    }
  }
  return { videos, analyses, waiting };
}

/** Holds the rows against what was dropped, and the provider's books against both. */
export function fatesOf(
  { videos, analyses }: TableRows,
  plan: readonly DroppedVideo[],
  box: TwelveLabsBox,
): Fates {
  const states = plan.map(({ key, analyses: count }) => {
    const row = videos.find((it) => it.key === key);
    const asked = analyses.filter((it) => it.key === key);
    if (row === undefined) return 'lost';
    if (row.stage !== undefined || asked.some(({ stage }) => stage !== undefined)) return 'waiting';
    if (row.state !== 'admitted' || asked.some(({ state }) => state !== 'ready')) return 'failed';
    return asked.length === count ? 'ready' : 'lost';
  });
  const count = (state: string) => states.filter((it) => it === state).length;
  const assets = box.ledger.assets();
  const doubled = assets.length - new Set(assets.map(({ filename }) => filename)).size;
  return {
    ready: count('ready'),
    failed: count('failed'),
    notFinal: count('waiting'),
    lost: count('lost'),
    paidTwice: box.ledger.paidTwice().length + doubled,
  };
}

/** Holds the times of the rows against those of the provider. */
export function delaysOf({ analyses }: TableRows, box: TwelveLabsBox): Delays {
  const ready = analyses.filter(({ state }) => state === 'ready');
  const readyMs = new Map(ready.map((it) => [it.customId, Date.parse(it.stateSince)]));
  const since = (endedMs: number, atMs: number) => Math.max(0, (atMs - endedMs) / 1000);
  const items = box.ledger.items();
  return {
    ofItems: items.flatMap(({ customId, endedAtMs }) => {
      const atMs = readyMs.get(customId ?? '');
      return atMs === undefined || endedAtMs === undefined ? [] : since(endedAtMs, atMs);
    }),
    ofBatches: [...Map.groupBy(items, ({ batchId }) => batchId).values()].map((same) => {
      const lastMs = Math.max(...same.map(({ customId }) => readyMs.get(customId ?? '') ?? 0));
      return since(Math.max(...same.map(({ endedAtMs = 0 }) => endedAtMs)), lastMs);
    }),
  };
}
