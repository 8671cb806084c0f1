import { join } from 'node:path';
import { Clock } from '../../../local/clock.ts';
import { type LocalPipeline, startPipeline } from '../../../local/start-pipeline.ts';
import { synthesize } from '../../../local/synthesize.ts';
import { startTwelveLabsBox, type TwelveLabsBox } from '../../../local/twelvelabs/box.ts';
import { addVariables } from '../../faults/function-variables.ts';
import { folderOf } from '../../support/function-bundles.ts';

const API_KEY = 'tlk_bench';
const WEBHOOK_SECRET = 'whsec_bench';
const START = new Date('2026-10-02T00:00:00Z');
const PER_MINUTE = 1_000;
const PER_DAY = 100_000;
/** What is larger goes to the provider in chunks. */
export const DIRECT_BYTES = 20_000_000;

/** The bundled functions on the emulators, each with a probe beside it, against a box. */
export interface HeavyPipeline extends AsyncDisposable {
  readonly clock: Clock;
  readonly box: TwelveLabsBox;
  readonly pipeline: LocalPipeline;
  readonly assemblyDirectory: string;
}

/** Starts the pipeline on a clock that stands still; its probes write into `folder`. */
export async function startHeavyPipeline(folder: string): Promise<HeavyPipeline> {
  await using started = new AsyncDisposableStack();
  const assemblyDirectory = join(folder, 'cdk.out');
  await synthesize(assemblyDirectory);
  const probe = new URL('./probe.mjs', import.meta.url).href;
  await addVariables(assemblyDirectory, ({ logicalId }) => ({
    NODE_OPTIONS: `--import=${probe}`,
    PROBE_FOLDER: folder,
    PROBE_FUNCTION: folderOf(logicalId),
  }));

  const clock = Clock.stoppedAt(START);
  started.defer(() => clock.close());
  const limits = { uploadsPerMinute: PER_MINUTE, uploadsPerDay: PER_DAY };
  const box = await startTwelveLabsBox({ clock, apiKey: API_KEY, limits });
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
      uploadRoute: 'direct',
    },
    environment: {
      UPLOADS_PER_MINUTE: String(PER_MINUTE),
      UPLOADS_PER_DAY: String(PER_DAY),
      CHUNKS_ABOVE_BYTES: String(DIRECT_BYTES),
    },
  });
  started.defer(() => pipeline.stop());
  box.registerWebhook({ url: pipeline.webhookUrl, secret: WEBHOOK_SECRET });
  const owned = started.move();
  return {
    clock,
    box,
    pipeline,
    assemblyDirectory,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
