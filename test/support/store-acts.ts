import type { Stage } from '../../shared/lifecycle.ts';
import { batchKey, VIDEO_SK, videoPk } from '../../shared/store/keys.ts';
import { acquireLease, type Lease } from '../../shared/store/lease.ts';
import type { Row } from '../../shared/store/row-reader.ts';
import { createSegmentStore } from '../../shared/store/segments.ts';
import { createStore } from '../../shared/store/store.ts';
import type { Item, Table } from '../../shared/store/table.ts';
import { createUploadSchedule } from '../../shared/store/upload-schedule.ts';
import { fakeLog } from './fakes.ts';
import { aBatch, anAnalysis, anUpload, atSecond } from './rows.ts';

/** Something done to a table by way of the store; the numbers choose what to. */
export type Act = (n: number, m: number) => Promise<unknown>;

const STAGES: readonly Stage[] = ['accept-upload', 'submit-batches', 'settle-batches'];
const FINAL = ['admitted', 'rejected', 'ready', 'abandoned', 'closed'];
const STATES = [
  ...['received', 'waiting', 'registering', 'processing', 'queued', 'submitting', 'active'],
  ...FINAL,
];

/** The partitions that the acts write to. */
export const partitions: readonly string[] = [
  ...[0, 1].map((n) => videoPk('uploads', keyOf(n))),
  ...[0, 1].map((n) => batchKey(`b${n}`).pk),
  'LEASE#round',
  'SCHEDULE#uploads',
];

/** All that the store and its neighbours do over one table, which have a clock in common. */
export function actsOn(table: Table): readonly Act[] {
  let second = 0;
  const now = () => atSecond(second);
  const letPass: Act = async (n) => {
    second += n;
  };
  return [...rowActs(table, now), ...queryActs(table, now), ...neighbourActs(table, now), letPass];
}

function rowActs(table: Table, now: () => Date): Act[] {
  const store = createStore(table, now, fakeLog());
  const due = { at: atSecond(10), by: 'clock' } as const;
  const rows: Row[] = [];
  const seen = (row: Row | undefined) => {
    if (row) rows.push(row);
    return row;
  };
  const move: Act = async (n, m) => {
    const from = rows.at(-1 - (n % 4));
    const to = pick(STATES, m) as Row['state'];
    const set = { batchId: `b${m % 2}`, customId: `c${n}`, providerBatchId: 'i' };
    return (
      from && seen(await store.move<Row>(from, { to, set, ...(!FINAL.includes(to) && { due }) }))
    );
  };
  return [
    async (n, m) => {
      const upload = anUpload({ key: keyOf(n), etag: `e${m % 2}`, sequencer: `${n % 5}` });
      return seen(await store.claimVideo(upload, due));
    },
    async (n, m) => seen(await store.queueAnalysis(analysisOf(n, { sequencer: `${m % 5}` }))),
    async (n) => {
      const { providerBatchId: _none, ...fields } = aBatch({ batchId: `b${n % 2}` });
      return seen(await store.intendBatch({ ...fields, state: 'intended' }, due));
    },
    async (n) => seen(await store.read({ pk: videoPk('uploads', keyOf(n)), sk: VIDEO_SK })),
    // As often as all others together: most are moves that no row may make.
    ...Array<Act>(5).fill(move),
  ];
}

function queryActs(table: Table, now: () => Date): Act[] {
  const store = createStore(table, now, fakeLog());
  return [
    async (n, m) => byKey(await store.due(pick(STAGES, n), atSecond(m), 1_000)),
    async (n) => await store.countIn(pick(STATES, n) as Row['state'], 2),
    async (n) => byKey(await store.analysesOf(`b${n % 2}`)),
    async () => await store.batchOfProvider('none'),
    async () => (await store.batchOfProvider('i'))?.kind,
  ];
}

function neighbourActs(table: Table, now: () => Date): Act[] {
  const segments = createSegmentStore(table);
  const schedule = createUploadSchedule(table, { perMinute: 60, perDay: 3_000 }, now);
  const leases: Lease[] = [];
  return [
    async (n, m) => {
      const found = { definition: 'd', startSeconds: m, endSeconds: m + 1, fields: { n } };
      await segments.replace(analysisOf(n, {}), Array(m % 4).fill(found));
    },
    async (n) => {
      const lease = await acquireLease(table, 'round', 1 + (n % 3), now);
      return typeof lease === 'object' && 'renew' in lease ? leases.push(lease) : lease;
    },
    async (n) => await leases.at(-1 - (n % 2))?.renew(),
    async (n, m) => await leases.at(-1 - (n % 2))?.release(m % 3),
    async (n) => await schedule.take(n, 60),
    async (n) => await schedule.giveBack(atSecond(n)),
    async () => await schedule.noteFailure(),
  ];
}

/** Items in the order of their keys. */
export function byKey<T extends Item>(items: readonly T[]): T[] {
  const textOf = ({ pk, sk }: Item) => `${pk} ${sk}`;
  return items.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
}

function analysisOf(n: number, fields: { sequencer?: string }) {
  return anAnalysis({ key: keyOf(n), ...fields });
}

function keyOf(n: number): string {
  return `${n % 2}.mp4`;
}

function pick<T>(all: readonly T[], n: number): T {
  return all[n % all.length] as T;
}
