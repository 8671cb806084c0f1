import { createReadStream } from 'node:fs';
import {
  type CollectResultsDeps,
  collectResults,
} from '../../functions/collect-results/collect-results.ts';
import { knownProfiles } from '../../functions/submit-batches/claim-analyses.ts';
import {
  type SubmitBatchesDeps,
  submitBatches,
} from '../../functions/submit-batches/submit-batches.ts';
import { Clock } from '../../local/clock.ts';
import {
  startTwelveLabsBox,
  type TwelveLabsBox,
  type TwelveLabsBoxOptions,
} from '../../local/twelvelabs/box.ts';
import type { Analysis } from '../../shared/analysis.ts';
import type { Profile } from '../../shared/profile.ts';
import { createBatchingMemory } from '../../shared/store/batching-memory.ts';
import { analysisSk } from '../../shared/store/keys.ts';
import { acquireLease } from '../../shared/store/lease.ts';
import { createQuarantine } from '../../shared/store/quarantine.ts';
import { createSegmentStore } from '../../shared/store/segments.ts';
import { createStore, type Store } from '../../shared/store/store.ts';
import type { Table } from '../../shared/store/table.ts';
import { createTwelveLabs, type TwelveLabs } from '../../shared/twelvelabs/client.ts';
import { type BatchLimits, batchLimits } from '../../shared/twelvelabs/limits.ts';
import { createWaitingRoom, rowDueOf, type WaitingRoom } from '../../shared/waiting-room.ts';
import { type FakeLog, fakeLog } from './fakes.ts';
import { createMemoryArchive } from './memory-archive.ts';
import { createMemoryTable, type MemoryTable } from './memory-table.ts';
import { anAnalysis, aProfile } from './rows.ts';

/** When a world begins. */
const START = new Date('2026-10-01T00:00:00.000Z');
const API_KEY = 'tlk_world';
const CLIP = new URL('../../samples/interview.webm', import.meta.url);
/** What a round of the real function has before its time-out. */
const ROUND_MS = 300_000;

export interface BatcherWorldOptions extends Omit<TwelveLabsBoxOptions, 'clock' | 'apiKey'> {
  /** What the batcher keeps to; where it differs from what the provider documents. */
  readonly batching?: Partial<BatchLimits>;
  readonly profiles?: readonly Profile[];
}

/** Stands around every call that one invocation makes to the outside: table, provider, queue. */
export type Around = <T>(
  name: string,
  call: () => Promise<T>,
  args: readonly unknown[],
) => Promise<T>;

/**
 * The batcher's own code, on a table in memory and against the box over HTTP, all on one stopped
 * clock: a world small enough to be lived thousands of times.
 */
export interface BatcherWorld extends AsyncDisposable {
  readonly clock: Clock;
  readonly box: TwelveLabsBox;
  readonly provider: TwelveLabs;
  readonly table: MemoryTable;
  readonly store: Store;
  readonly waitingRoom: WaitingRoom;
  readonly log: FakeLog;
  /** An asset that is ready. */
  newAsset(filename?: string): Promise<string>;
  /** Queues analyses, a video each, a millisecond apart from the start on unless told otherwise. */
  queue(count: number, fields?: Partial<Analysis>): Promise<Analysis[]>;
  /** One invocation of submit-batches. */
  submit(around?: Around): Promise<void>;
  /** One invocation of collect-results, for what is due there. */
  collect(): Promise<void>;
  letPass(seconds: number): Promise<void>;
  /**
   * Lets minutes pass, with both functions run in each in which something is due, until every
   * analysis is final and every batch closed. @returns how many, at most `mostMinutes`
   */
  letEnd(mostMinutes: number, submit?: () => Promise<void>): Promise<number>;
  /** All analyses as they are now. */
  analyses(): Analysis[];
  /** Analyses that would be billed more than once, by the box's books: `custom_id`s without the batch. */
  paidTwice(): string[];
}

export async function startBatcherWorld(options: BatcherWorldOptions = {}): Promise<BatcherWorld> {
  const { batching, profiles = [aProfile()], ...boxOptions } = options;
  const clock = Clock.stoppedAt(START);
  const limits = { uploadsPerMinute: 1_000_000, uploadsPerDay: 1_000_000, ...boxOptions.limits };
  const box = await startTwelveLabsBox({ clock, apiKey: API_KEY, ...boxOptions, limits });
  const now = () => clock.now();
  const log = fakeLog();
  const table = createMemoryTable();
  const provider = createTwelveLabs({ baseUrl: box.baseUrl, apiKey: async () => API_KEY, now });
  const store = createStore(table, now, log);
  const archive = createMemoryArchive();
  const waitingRoom = createWaitingRoom({ store, queues: {}, now, log });
  let batches = 0;
  let readings = 0;
  let queued = 0;
  let asset: string | undefined;

  const world: BatcherWorld = {
    clock,
    box,
    provider,
    table,
    store,
    waitingRoom,
    log,
    newAsset: async (filename = 'clip.webm') => {
      const source = { stream: createReadStream(CLIP) };
      const { _id } = await provider.createAsset({ filename, source, userMetadata: {} });
      // Until it is ready, and who is queued meanwhile has waited for company.
      await clock.advance(20_000);
      return _id;
    },
    queue: async (count, fields = {}) => {
      asset ??= await world.newAsset();
      const rows: Analysis[] = [];
      for (let at = 0; at < count; at += 1) {
        const number = queued++;
        const profile = fields.profile ?? profiles[0]?.name ?? 'summary';
        const asked = profiles.find(({ name }) => name === profile) ?? aProfile();
        const { revision, stateSince, stage, dueAt, dueBy, ...row } = anAnalysis({
          pk: `VIDEO#uploads/${number}.mp4`,
          sk: analysisSk(profile),
          key: `${number}.mp4`,
          videoId: `video-${number}`,
          assetId: asset,
          profile,
          analysisMode: asked.analysis_mode,
          queuedAt: new Date(START.getTime() + number).toISOString(),
          ...fields,
        });
        const written = await store.queueAnalysis(row);
        if (written) rows.push(written);
      }
      return rows;
    },
    submit: async (around = (_, call) => call()) => {
      const outside = wrapped<Table>(table, 'table', around);
      const seen = createStore(outside, now, log);
      const deps: SubmitBatchesDeps = {
        provider: wrapped(provider, 'provider', around),
        store: seen,
        memory: createBatchingMemory(outside),
        waitingRoom: createWaitingRoom({ store: seen, queues: {}, now, log }),
        queuedAnalyses: { send: () => around('queue.send', async () => {}, []) },
        acquireLease: () => acquireLease(outside, 'submit-batches', 300, now),
        profiles: knownProfiles(profiles),
        limits: { ...batchLimits, ...batching },
        newBatchId: () => `batch-${String(batches++).padStart(30, '0')}`,
        remainingMs: () => ROUND_MS,
        now,
        log,
        measure: () => {},
      };
      await submitBatches(deps);
    },
    collect: async () => {
      const due = await store.due('collect-results', now(), 1_000);
      const decoded = due.map((row, at) => ({ messageId: String(at), message: rowDueOf(row) }));
      if (decoded.length === 0) return;
      const deps: CollectResultsDeps = {
        provider,
        store,
        segments: createSegmentStore(table),
        waitingRoom,
        archive,
        quarantine: createQuarantine(table),
        queuedAnalyses: { send: async () => {} },
        changedBatches: { send: async () => {} },
        newReadingId: () => `reading-${readings++}`,
        webhookUrl: 'https://receiver.example/webhooks/twelvelabs',
        count: () => {},
        remainingMs: () => 900_000,
        now,
        log,
      };
      await collectResults({ decoded, malformed: [] }, deps);
    },
    letPass: (seconds) => clock.advance(seconds * 1000),
    letEnd: async (mostMinutes, submit = () => world.submit()) => {
      for (let minutes = 0; minutes < mostMinutes; ) {
        const dueMs = nextDueMs();
        if (dueMs === undefined) return minutes;
        const wait = Math.ceil((dueMs - clock.nowMs()) / 60_000);
        const passed = Math.min(mostMinutes - minutes, Math.max(1, wait));
        minutes += passed;
        await world.letPass(passed * 60);
        await submit();
        await world.collect();
      }
      return mostMinutes;
    },
    analyses: () => table.all().filter((item): item is Analysis => item['kind'] === 'analysis'),
    paidTwice: () => {
      const owed = box.ledger
        .items()
        .filter(({ status }) => status !== 'failed' && status !== 'canceled');
      const by = Map.groupBy(owed, ({ customId }) => (customId ?? '').slice(0, 22));
      return [...by].filter(([, items]) => items.length > 1).map(([id]) => id);
    },
    [Symbol.asyncDispose]: () => box.close(),
  };
  return world;

  /** When the next row is due, while anything but the watch over what should not exist is under way. */
  function nextDueMs(): number | undefined {
    const waiting = table.all().filter(({ stage, state }) => stage && state !== 'disowned');
    const moments = waiting.map(({ dueAt }) => Date.parse(String(dueAt)));
    return moments.length > 0 ? Math.min(...moments) : undefined;
  }
}

/** The same object, with `around` around each of its methods. A stream counts when it is opened. */
function wrapped<T extends object>(inner: T, name: string, around: Around): T {
  return new Proxy(inner, {
    get(target, property) {
      const method = Reflect.get(target, property) as unknown;
      if (typeof method !== 'function') return method;
      const called = `${name}.${String(property)}`;
      if (property === 'listBatches') {
        return async function* (...args: unknown[]) {
          yield* await around(called, async () => await Array.fromAsync(method(...args)), args);
        };
      }
      return (...args: unknown[]) => around(called, async () => await method(...args), args);
    },
  });
}
