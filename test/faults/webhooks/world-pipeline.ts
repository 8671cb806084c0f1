import type { Clock } from '../../../local/clock.ts';
import type { FunctionLogLine } from '../../../local/cloud/functions/invocation.ts';
import { type LocalPipeline, startPipeline } from '../../../local/start-pipeline.ts';
import { startTwelveLabsBox, type TwelveLabsBox } from '../../../local/twelvelabs/box.ts';
import type { World } from './worlds.ts';

const API_KEY = 'tlk_faults';
export const WEBHOOK_SECRET = 'whsec_faults';
/** The simulated moment at which every world begins. */
export const START = new Date('2026-11-21T12:00:00Z');
const MINUTE_MS = 60_000;

/** Batches that take from ten minutes to an hour, and whose items end at any time between. */
const timing = {
  assetProcessingMs: 2_000,
  batchPendingMs: 3 * MINUTE_MS,
  itemStartSpreadMs: 10 * MINUTE_MS,
  itemMinMs: 5 * MINUTE_MS,
  itemSpreadMs: 42 * MINUTE_MS,
  itemMaxMs: 45 * MINUTE_MS,
};

/** The bundled functions on the emulators, against a box that does to webhooks what the world says. */
export interface WorldPipeline extends AsyncDisposable {
  readonly clock: Clock;
  readonly box: TwelveLabsBox;
  readonly pipeline: LocalPipeline;
}

export interface WorldPipelineOptions {
  readonly world: World;
  readonly seed: number;
  readonly assemblyDirectory: string;
  readonly clock: Clock;
  readonly onLog: (line: FunctionLogLine) => void;
}

/** Starts a world on its clock, which stands still; dispose of it to end all of it. */
export async function startWorld(options: WorldPipelineOptions): Promise<WorldPipeline> {
  const { world, seed, assemblyDirectory, clock, onLog } = options;
  const { endpoints = 1, faults = [], hasTaskEvents = false } = world;
  await using started = new AsyncDisposableStack();
  started.defer(() => clock.close());
  const switches = { taskEvents: hasTaskEvents ? ('all' as const) : ('none' as const) };
  const box = await startTwelveLabsBox({ clock, apiKey: API_KEY, timing, switches });
  started.defer(() => box.close());
  const pipeline = await startPipeline({
    assemblyDirectory,
    clock,
    neighbours: [box],
    provider: {
      kind: 'other',
      baseUrl: box.baseUrl,
      apiKey: API_KEY,
      webhookSecret: WEBHOOK_SECRET,
      uploadRoute: 'url',
    },
    onLog,
  });
  started.defer(() => pipeline.stop());
  for (let count = 0; count < endpoints; count++) {
    box.registerWebhook({ url: pipeline.webhookUrl, secret: WEBHOOK_SECRET });
  }
  for (const fault of faults) box.faults.set({ ...fault, seed: String(seed) });
  const owned = started.move();
  return { clock, box, pipeline, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
