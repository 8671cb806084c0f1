import { PutObjectCommand } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import type { Operations, Work } from '../../../cli/cost/operations.ts';
import { Clock } from '../../../local/clock.ts';
import { type LocalPipeline, startPipeline } from '../../../local/start-pipeline.ts';
import { startTwelveLabsBox } from '../../../local/twelvelabs/box.ts';
import type { BoxTiming } from '../../../local/twelvelabs/settings.ts';
import { makeTinyClip, withText } from '../../faults/ingest/tiny-clip.ts';
import { type Meter, type MeterReading, startMeter } from '../../support/meter/meter.ts';
import { workBetween } from './work-between.ts';

const API_KEY = 'tlk_operations';
const WEBHOOK_SECRET = 'whsec_operations';
const DROPPED_AT_ONCE = 8;
const MOST_HOURS = 48;
const MINUTE_MS = 60_000;
/** How long the provider takes for an asset and for an item: guesses of what is usual. */
const USUAL_TIMING = {
  assetProcessingMs: 30_000,
  batchPendingMs: MINUTE_MS,
  itemMinMs: 10 * MINUTE_MS,
  itemSpreadMs: 20 * MINUTE_MS,
  itemMaxMs: 30 * MINUTE_MS,
};
const ASSUMING =
  'all at once, one profile, 60 uploads a minute, assets ready after 30 s, items after 10 to 30 min';

export interface MeasureOptions {
  readonly assemblyDirectory: string;
  readonly videos: number;
  /** How long the stack is watched before anything is dropped. */
  readonly idleHours: number;
  /** How often it is looked whether all are through; five minutes when left out. */
  readonly stepSeconds?: number;
  /** Where the provider is to be quicker, or slower, than is taken to be usual. */
  readonly timing?: Partial<BoxTiming>;
  readonly tell?: (words: string) => void;
}

/** What a run found; when and of which commit it was is left to say. */
export type Measured = Omit<Operations, 'measured'> & {
  readonly measured: Pick<
    Operations['measured'],
    'videos' | 'idleHours' | 'runMinutes' | 'assuming'
  >;
};

/**
 * Runs the bundled functions on the local cloud, idle at first and then with videos, and counts.
 */
export async function measureOperations(options: MeasureOptions): Promise<Measured> {
  const { videos, idleHours } = options;
  const { tell = () => {} } = options;
  using meter = startMeter();
  await using started = await startMetered(options);
  const { pipeline, clock } = started;
  // The clock's first tick makes its row, and cold functions load.
  await pipeline.cloud.letTimePass(10 * MINUTE_MS);
  const before = await meter.read();
  tell(`idle for ${idleHours} h`);
  await pipeline.cloud.letTimePass(idleHours * 60 * MINUTE_MS);
  const idled = await meter.read();
  tell(`${videos} videos`);
  const beganMs = clock.nowMs();
  await drop(pipeline, videos);
  const ended = await settle(pipeline, meter, options);
  const runMs = clock.nowMs() - beganMs;
  const idle = workBetween(before, idled);
  const { stored, results } = ended.emulators;
  return {
    measured: { videos, idleHours, runMinutes: runMs / MINUTE_MS, assuming: ASSUMING },
    idle,
    run: workBetween(idled, ended, { idle, share: runMs / (idleHours * 60 * MINUTE_MS) }),
    kept: stored,
    results,
  };
}

async function startMetered({ assemblyDirectory, timing }: MeasureOptions) {
  await using started = new AsyncDisposableStack();
  const clock = Clock.stoppedAt(new Date('2026-11-21T12:00:00Z'));
  started.defer(() => clock.close());
  const box = await startTwelveLabsBox({
    clock,
    apiKey: API_KEY,
    timing: { ...USUAL_TIMING, ...timing },
  });
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
  });
  started.defer(() => pipeline.stop());
  box.registerWebhook({ url: pipeline.webhookUrl, secret: WEBHOOK_SECRET });
  const owned = started.move();
  return { clock, pipeline, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function drop({ s3, uploadsBucket }: LocalPipeline, videos: number): Promise<void> {
  const clip = await makeTinyClip();
  const numbers = Array.from({ length: videos }, (_, at) => at);
  const put = async (at: number) => {
    const Key = `library/2026/video-${String(at).padStart(7, '0')}.mp4`;
    await s3.send(
      new PutObjectCommand({ Bucket: uploadsBucket, Key, Body: withText(clip, String(at)) }),
    );
  };
  await pMap(numbers, put, { concurrency: DROPPED_AT_ONCE });
}

/**
 * Lets time pass until every analysis has its result and every batch is closed; asks the table
 * nothing.
 */
async function settle(
  { cloud }: LocalPipeline,
  meter: Meter,
  { videos, stepSeconds = 300, tell = () => {} }: MeasureOptions,
): Promise<MeterReading> {
  for (let seconds = 0; seconds < MOST_HOURS * 3_600; seconds += stepSeconds) {
    await cloud.letTimePass(stepSeconds * 1_000);
    const reading = await meter.read();
    const { rows } = reading.emulators.results;
    tell(`  ${rows} of ${videos} ready after ${(seconds + stepSeconds) / 60} min`);
    if (rows === videos && countOf(reading, / to closed$/) === countOf(reading, /^batch none to/)) {
      return reading;
    }
  }
  throw new Error(`${videos} videos were not through after ${MOST_HOURS} h`);
}

function countOf({ emulators }: MeterReading, moves: RegExp): number {
  return Object.entries(emulators.writes)
    .filter(([move]) => moves.test(move))
    .reduce((sum, [, { count }]: [string, Work['writes'][string]]) => sum + count, 0);
}
