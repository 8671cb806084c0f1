import { PutObjectCommand } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { alignedTable } from '../aligned-table.ts';
import { type CreatesWatch, watchCreates } from './creates-watch.ts';
import { type IngestPipeline, startIngestPipeline } from './ingest-pipeline.ts';
import { functionRows, type InvocationWatch, watchInvocations } from './invocation-watch.ts';
import { tellProgress } from './progress-lines.ts';
import { withText } from './tiny-clip.ts';

/**
 * The shape of an incident that was told in public: so many uploads within so long, which became
 * 14,727 executions while the provider's rate was the bottleneck.
 */
const UPLOADS = 4_384;
const BURST_SECONDS = 13 * 60;
/** A day that does not bind, so that the minute alone does. */
const RATES = { perMinute: 60, perDay: 12_000 };
/** Three times as long as it can take at best. */
const PATIENCE_SECONDS = 3 * 60 * (UPLOADS / RATES.perMinute);
const PUTS_AT_ONCE = 8;

/**
 * Drops the uploads evenly, more than six times as fast as the provider takes them, and lets the
 * line drain.
 * @returns what broke, in words
 */
export async function burstAtTheRate(
  assemblyDirectory: string,
  clip: Uint8Array,
): Promise<readonly string[]> {
  const startedMs = Date.now();
  using watch = watchInvocations(() => {});
  await using ingest = await startIngestPipeline({ assemblyDirectory, rates: RATES });
  const creates = watchCreates(ingest.box, ingest.clock);
  console.log(
    `\nA burst at the plan's rate: ${UPLOADS.toLocaleString('en')} uploads in 13 minutes`,
  );
  const tell = tellProgress(ingest);
  let dropped = 0;
  while (ingest.seconds() < PATIENCE_SECONDS && !(await isDrained(ingest, dropped))) {
    const until = Math.min(UPLOADS, Math.ceil(((ingest.seconds() + 1) / BURST_SECONDS) * UPLOADS));
    await drop(ingest, clip, dropped, until);
    dropped = until;
    if (dropped === UPLOADS) tell('every object written');
    await ingest.pipeline.cloud.whenIdle();
    await ingest.clock.advance(1_000);
  }
  const found = await lookAt(ingest, creates);
  print(found, watch, (Date.now() - startedMs) / 1000);
  return brokenBy(found);
}

/** Cheap unless it is likely: looked at only when the provider has as many assets as are due. */
async function isDrained({ box, queued }: IngestPipeline, dropped: number): Promise<boolean> {
  return dropped === UPLOADS && box.ledger.assets().length >= UPLOADS && (await queued()) === 0;
}

async function drop({ pipeline }: IngestPipeline, clip: Uint8Array, from: number, to: number) {
  const { s3, uploadsBucket } = pipeline;
  const numbers = Array.from({ length: to - from }, (_, at) => from + at);
  await pMap(
    numbers,
    async (number) => {
      const Body = withText(clip, `burst ${number}`);
      await s3.send(new PutObjectCommand({ Bucket: uploadsBucket, Key: `${number}.mp4`, Body }));
    },
    { concurrency: PUTS_AT_ONCE },
  );
}

async function lookAt(ingest: IngestPipeline, creates: CreatesWatch) {
  const videos = await ingest.videos();
  const assets = ingest.box.assets();
  const names = new Set(assets.map(({ filename }) => filename));
  const createdMs = assets.map((asset) => Date.parse(asset.created_at));
  const firstUploadMs = Math.min(...videos.map(({ uploadedAt }) => Date.parse(uploadedAt)));
  return {
    assets: assets.length,
    doubled: assets.length - names.size,
    lost: UPLOADS - videos.filter(({ state }) => state === 'admitted').length,
    deadLetters: await ingest.deadLetters(),
    refused: creates.refused(),
    mostInAMinute: creates.mostInAMinute(),
    drainMinutes: (Math.max(...createdMs) - firstUploadMs) / 60_000,
  };
}

type Found = Awaited<ReturnType<typeof lookAt>>;

function print(found: Found, watch: InvocationWatch, wallSeconds: number): void {
  const least = UPLOADS / RATES.perMinute;
  console.log(
    alignedTable([
      ['uploads', UPLOADS],
      ['provider allows a minute / a day', `${RATES.perMinute} / ${RATES.perDay}`],
      ['assets created', found.assets],
      ['  of them doubled', found.doubled],
      ['videos not admitted', found.lost],
      ['dead letters', found.deadLetters],
      ['429s of the provider', found.refused],
      ['most creates in any 60 s', found.mostInAMinute],
      ['minutes from the first upload to the last asset', found.drainMinutes],
      ['  over the least possible', found.drainMinutes / least],
      ['wall seconds', Math.round(wallSeconds)],
    ]),
  );
  console.log(alignedTable(functionRows(watch, UPLOADS)));
}

function brokenBy({ lost, doubled, deadLetters, refused, mostInAMinute }: Found): string[] {
  const counts = {
    'videos lost or stuck': lost,
    'assets doubled': doubled,
    'dead letters': deadLetters,
    'creates refused by the provider': refused,
    'creates over the minute’s limit': Math.max(0, mostInAMinute - RATES.perMinute),
  };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `burst: ${count} ${what}`);
}
