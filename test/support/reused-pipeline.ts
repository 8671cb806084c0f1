import { afterAll, afterEach, inject } from 'vitest';
import { Clock } from '../../local/clock.ts';
import { type LocalPipeline, startPipeline } from '../../local/start-pipeline.ts';
import {
  startTwelveLabsBox,
  type TwelveLabsBox,
  type TwelveLabsBoxOptions,
} from '../../local/twelvelabs/box.ts';
import { emptyPipeline } from './empty-pipeline.ts';

const API_KEY = 'tlk_test';
export const WEBHOOK_SECRET = 'whsec_test';

/** How the processes of a pipeline are started: who asks for the same may have those of another test. */
export interface ProcessOptions {
  readonly route: 'url' | 'direct';
  readonly environment: Readonly<Record<string, string>>;
}

/** A pipeline and a box for one test. */
export interface Lent {
  readonly clock: Clock;
  readonly pipeline: LocalPipeline;
  readonly box: TwelveLabsBox;
  /** What the functions logged for this test, a line each. */
  readonly logs: readonly string[];
  /** Ends the box, and keeps the pipeline for the next test, as empty as at the start. */
  giveBack(): Promise<void>;
}

type BoxOptions = Omit<TwelveLabsBoxOptions, 'clock' | 'apiKey' | 'port'>;

interface Processes {
  readonly options: string;
  readonly clock: Clock;
  readonly pipeline: LocalPipeline;
  readonly port: number;
  /** What belongs to the test that has them now. */
  readonly own: { box: TwelveLabsBox; logs: string[] };
}

let idle: Processes | undefined;

/**
 * To start a dozen processes takes longer than most tests: those of an earlier test of the same file
 * are used again, with a new box at the old port, an empty table, empty buckets and queues, and on a
 * later day. Only what the functions keep in their memory is left, as on Lambda.
 */
export async function lendPipeline(options: ProcessOptions, boxOptions: BoxOptions): Promise<Lent> {
  const processes =
    (await reuse(JSON.stringify(options), boxOptions)) ?? (await start(options, boxOptions));
  const { clock, pipeline } = processes;
  const { box, logs } = processes.own;
  return {
    clock,
    pipeline,
    box,
    logs,
    giveBack: async () => {
      // At once, for if the rest fails, so does the test, and stops what is idle.
      idle = processes;
      await box.close();
      await emptyPipeline(pipeline, clock);
    },
  };
}

// Whatever a failed test has left behind must not make others fail.
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await stopIdle();
});
afterAll(stopIdle);

async function stopIdle(): Promise<void> {
  const stopped = idle;
  idle = undefined;
  await stopped?.pipeline.stop();
  stopped?.clock.close();
}

async function reuse(options: string, boxOptions: BoxOptions): Promise<Processes | undefined> {
  if (idle?.options !== options) {
    await stopIdle();
    return undefined;
  }
  const processes = idle;
  const { clock, port } = processes;
  try {
    const box = await startTwelveLabsBox({ clock, apiKey: API_KEY, port, ...boxOptions });
    Object.assign(processes.own, { box, logs: [] });
  } catch {
    // Somebody else has the port by now.
    await stopIdle();
    return undefined;
  }
  idle = undefined;
  return processes;
}

async function start(options: ProcessOptions, boxOptions: BoxOptions): Promise<Processes> {
  await using started = new AsyncDisposableStack();
  const clock = Clock.stoppedAt(new Date('2026-11-21T12:00:00Z'));
  started.defer(() => clock.close());
  const box = await startTwelveLabsBox({ clock, apiKey: API_KEY, ...boxOptions });
  started.defer(() => box.close());
  const own: Processes['own'] = { box, logs: [] };
  const pipeline = await startPipeline({
    assemblyDirectory: inject('assemblyDirectory'),
    clock,
    neighbours: [{ settled: () => own.box.settled() }],
    provider: {
      kind: 'other',
      baseUrl: box.baseUrl,
      apiKey: API_KEY,
      webhookSecret: WEBHOOK_SECRET,
      uploadRoute: options.route,
    },
    environment: options.environment,
    onLog: ({ functionName, text }) => own.logs.push(`${functionName} ${text}`),
  });
  const port = Number(new URL(box.baseUrl).port);
  started.move();
  return { options: JSON.stringify(options), clock, pipeline, port, own };
}
