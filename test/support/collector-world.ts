import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type CollectResultsDeps,
  collectResults,
} from '../../functions/collect-results/collect-results.ts';
import { type Analysis, customIdOf } from '../../shared/analysis.ts';
import type { Batch } from '../../shared/batch.ts';
import type { BatchChanged, ChangedBatchesMessage } from '../../shared/messages.ts';
import { analysisSk, batchKey } from '../../shared/store/keys.ts';
import { createQuarantine } from '../../shared/store/quarantine.ts';
import { createSegmentStore } from '../../shared/store/segments.ts';
import { createStore, type Store } from '../../shared/store/store.ts';
import type { Table } from '../../shared/store/table.ts';
import { createTwelveLabs, type TwelveLabs } from '../../shared/twelvelabs/client.ts';
import { createWaitingRoom, rowDueOf } from '../../shared/waiting-room.ts';
import { type FakeLog, fakeLog } from './fakes.ts';
import { createMemoryArchive, type MemoryArchive } from './memory-archive.ts';
import { createMemoryTable, type MemoryTable } from './memory-table.ts';
import { aBatch, anAnalysis, aVideo } from './rows.ts';

const START = new Date('2026-10-01T00:00:00.000Z');
/** Where the collector believes its webhooks come in. */
export const WEBHOOK_URL = 'https://abc123.execute-api.eu-west-1.amazonaws.com/webhooks/twelvelabs';
const PROVIDER_BATCH = '68f4ddaf8aaa60d33df0e800';

/** What the provider says of the batch, beside its results. */
export interface ProviderState {
  readonly status: string;
  readonly total_items: number;
  readonly queued_items?: number;
  readonly processing_items?: number;
  readonly ready_items?: number;
  readonly completed_at?: string;
  readonly webhooks?: unknown;
  readonly failed_items?: number;
  readonly canceled_items?: number;
}

/**
 * collect-results with one batch that was submitted, on a table and an archive in memory, against a
 * provider over HTTP that says whatever it is told to say.
 */
export interface CollectorWorld extends AsyncDisposable {
  readonly table: MemoryTable;
  readonly store: Store;
  readonly archive: MemoryArchive;
  readonly log: FakeLog;
  /** The metrics, each with its dimension. */
  readonly counted: readonly string[];
  /** How often the batcher was woken. */
  roundsAsked(): number;
  /** The client, connected to the provider. */
  readonly provider: TwelveLabs;
  /** As they were submitted. */
  readonly analyses: readonly Analysis[];
  readonly batchId: string;
  /** What the provider says from now on; by default the batch is completed. */
  says(state: Partial<ProviderState>): void;
  /** Answers the results from now on: with bytes, or by hand. */
  results(answer: Uint8Array | string | ((response: ServerResponse) => void)): void;
  /** From now on there is no batch of this id. */
  deny(providerBatchId: string): void;
  /** How often the results were asked for. */
  readings(): number;
  /** One invocation for the batch, by the webhook's way; on another table, if one is given. */
  collect(
    with_?: Partial<CollectResultsDeps> & { readonly on?: Table },
    receivedAt?: Date,
  ): Promise<void>;
  /** One invocation for these messages. */
  take(
    messages: readonly ChangedBatchesMessage[],
    with_?: Parameters<CollectorWorld['collect']>[0],
  ): Promise<void>;
  /** One invocation for what is due. */
  collectDue(with_?: Parameters<CollectorWorld['collect']>[0]): Promise<void>;
  now(): Date;
  letPass(seconds: number): void;
  analysis(at: number): Analysis;
  batch(): Batch;
  /** The rows of a kind as they are. */
  rows(kind: string): Record<string, unknown>[];
}

export interface CollectorWorldOptions {
  readonly count?: number;
  /** What is different of each analysis. */
  readonly fields?: Partial<Analysis> | ((at: number) => Partial<Analysis>);
}

export async function startCollectorWorld({
  count = 1,
  fields = {},
}: CollectorWorldOptions = {}): Promise<CollectorWorld> {
  let nowMs = START.getTime();
  const now = () => new Date(nowMs);
  const log = fakeLog();
  const table = createMemoryTable();
  const archive = createMemoryArchive();
  const store = createStore(table, now, log);
  const batch = aBatch({
    ...batchKey('batch-000000000000000000000000000001'),
    batchId: 'batch-000000000000000000000000000001',
    providerBatchId: PROVIDER_BATCH,
    state: 'active',
    stage: 'collect-results',
    dueAt: START.toISOString(),
    dueBy: 'clock',
    itemCount: count,
    intendedAt: START.toISOString(),
    sentAt: START.toISOString(),
    expiresAt: new Date(nowMs + 24 * 3_600_000).toISOString(),
    stateSince: START.toISOString(),
  });
  const analyses = Array.from({ length: count }, (_, at) => {
    const own = typeof fields === 'function' ? fields(at) : fields;
    const profile = own.profile ?? 'summary';
    const row = anAnalysis({
      pk: `VIDEO#uploads/${at}.mp4`,
      sk: analysisSk(profile),
      bucket: 'uploads',
      key: `${at}.mp4`,
      videoId: `video-${at}`,
      profile,
      state: 'submitted',
      stage: 'collect-results',
      dueAt: new Date(nowMs + 48 * 3_600_000).toISOString(),
      batchId: batch.batchId,
      attempt: 1,
      queuedAt: new Date(nowMs + at).toISOString(),
      ...own,
    });
    return { ...row, customId: customIdOf(row, row.profileVersion, batch.batchId) };
  });
  const videos = analyses.map(({ pk, bucket, key, videoId }) =>
    aVideo({ pk, bucket, key, videoId, state: 'admitted' }),
  );
  const final = videos.map(({ stage, dueAt, dueBy, ...video }) => video);
  await table.putAll([batch, ...analyses, ...final]);

  let state: ProviderState = { status: 'completed', total_items: count, ready_items: count };
  let answer: Parameters<CollectorWorld['results']>[0] = '';
  let readings = 0;
  const counted: string[] = [];
  const delayed: { message: BatchChanged; delaySeconds: number }[] = [];
  let roundsAsked = 0;
  let readingIds = 0;
  const denied = new Set<string>();
  const server = createServer((request, response) => {
    if ([...denied].some((id) => request.url?.includes(id))) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"none"}');
      return;
    }
    if (!request.url?.endsWith('/results')) {
      const created_at = START.toISOString();
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ batch_id: PROVIDER_BATCH, created_at, ...state }));
      return;
    }
    readings += 1;
    response.setHeader('content-type', 'application/jsonl');
    if (typeof answer === 'function') answer(response);
    else response.end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const provider = createTwelveLabs({
    baseUrl: `http://127.0.0.1:${port}/v1.3`,
    apiKey: async () => 'tlk_world',
    now,
  });

  const collector = ({ on = table, ...others }: Parameters<CollectorWorld['collect']>[0] = {}) => {
    const seen = createStore(on, now, log);
    return {
      provider,
      store: seen,
      segments: createSegmentStore(on),
      quarantine: createQuarantine(on),
      waitingRoom: createWaitingRoom({ store: seen, queues: {}, now, log }),
      archive,
      queuedAnalyses: {
        send: async () => {
          roundsAsked += 1;
        },
      },
      changedBatches: {
        send: async (hints: readonly BatchChanged[], delaySeconds = 0) => {
          for (const message of hints) delayed.push({ message, delaySeconds });
        },
      },
      webhookUrl: WEBHOOK_URL,
      count: (metric: string, _value: number, of: Record<string, string> = {}) => {
        counted.push([metric, ...Object.values(of)].join(' '));
      },
      newReadingId: () => `reading-${readingIds++}`,
      remainingMs: () => 900_000,
      now,
      log,
      ...others,
    };
  };
  const world: CollectorWorld = {
    table,
    store,
    archive,
    log,
    counted,
    roundsAsked: () => roundsAsked,
    provider,
    analyses,
    batchId: batch.batchId,
    says: (next) => {
      state = { ...state, ...next };
    },
    results: (next) => {
      answer = next;
    },
    deny: (providerBatchId) => {
      denied.add(providerBatchId);
    },
    readings: () => readings,
    collect: async (different, receivedAt = now()) => {
      const message = { providerBatchId: PROVIDER_BATCH, receivedAt: receivedAt.toISOString() };
      const decoded = [{ messageId: '1', message }];
      const failed = await collectResults({ decoded, malformed: [] }, collector(different));
      if (failed.length > 0) throw new Error(log.lines.at(-1)?.facts['error'] as string);
      // As SQS would, once their time has come.
      for (let later = delayed.shift(); later; later = delayed.shift()) {
        nowMs += later.delaySeconds * 1_000;
        const again = [{ messageId: '2', message: later.message }];
        await collectResults({ decoded: again, malformed: [] }, collector(different));
      }
    },
    take: async (messages, different) => {
      const decoded = messages.map((message, at) => ({ messageId: String(at), message }));
      await collectResults({ decoded, malformed: [] }, collector(different));
    },
    collectDue: async (different) => {
      const due = await store.due('collect-results', now(), 1_000);
      const decoded = due.map((row, at) => ({ messageId: String(at), message: rowDueOf(row) }));
      await collectResults({ decoded, malformed: [] }, collector(different));
    },
    now,
    letPass: (seconds) => {
      nowMs += seconds * 1_000;
    },
    analysis: (at) => {
      const pk = analyses[at]?.pk;
      const found = table.all().find((it) => it['kind'] === 'analysis' && it['pk'] === pk);
      return found as Analysis;
    },
    batch: () => table.all().find(({ kind }) => kind === 'batch') as Batch,
    rows: (kind) => table.all().filter((it) => it['kind'] === kind),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return world;
}

/** A result line, as the provider would write it; `fields` may be anything. */
export function aResultLine(
  analysis: Pick<Analysis, 'customId'>,
  data: string,
  fields: Record<string, unknown> = {},
): string {
  return JSON.stringify({
    task_id: '68f4ddaf8aaa60d33df0e900',
    custom_id: analysis.customId,
    status: 'ready',
    data: {
      generation_id: 'gen_1',
      data,
      finish_reason: 'stop',
      usage: { output_tokens: 150, input_tokens: 45 },
    },
    ...fields,
  });
}

/** The line of an item without an answer. */
export function aLineWithout(
  analysis: Pick<Analysis, 'customId'>,
  status: string,
  error?: { readonly code?: string; readonly message: string },
): string {
  return aResultLine(analysis, '', { status, data: undefined, error });
}
