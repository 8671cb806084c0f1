import pMap from 'p-map';
import { alignedTable } from '../aligned-table.ts';
import { seededDice } from '../seeded-dice.ts';
import { CopiedEvents } from './copied-events.ts';
import { watchCreates } from './creates-watch.ts';
import { type IngestPipeline, startIngestPipeline } from './ingest-pipeline.ts';
import { brokenBy, judgeIngest, verdictRows } from './ingest-verdict.ts';
import { functionRows, watchInvocations } from './invocation-watch.ts';
import { tellProgress } from './progress-lines.ts';
import { killRows, seededKills } from './seeded-kills.ts';
import { type PlannedUpload, planUploads } from './upload-plan.ts';
import { setUploadWeather, weatherRows } from './upload-weather.ts';
import { WrittenUploads } from './written-uploads.ts';

const OBJECTS = 10_000;
const DELIVERIES_PER_OBJECT = 2.5;
/** A plan that brings it to its end within minutes; what is kept is the same at any rate. */
const RATES = { perMinute: 600, perDay: 20_000 };
const PATIENCE_SECONDS = 3 * 3_600;
const PUTS_AT_ONCE = 8;
/** Steps of the clock: a second while turns are taken, more while only the last are waited for. */
const STEP_SECONDS = 1;
const LAST_STEP_SECONDS = 3;

/**
 * Drops objects by the thousand, some of them written anew and some no videos, and delivers each
 * event up to five times and in disorder, while replies are lost, requests refused and functions
 * killed. Then every object has to be accounted for.
 * @returns what broke, in words
 */
export async function shuffledDeliveries(
  assemblyDirectory: string,
  clip: Uint8Array,
  seed: number,
  objects = OBJECTS,
): Promise<readonly string[]> {
  const startedMs = Date.now();
  const dice = seededDice(seed);
  const plan = planUploads(objects, dice);
  const written = new WrittenUploads(clip);
  console.log(`\nShuffled deliveries: ${plan.length} uploads of ${objects} keys`);
  let hear: (body: string) => void = () => {};
  let kill: (functionName: string) => number = () => 0;
  using watch = watchInvocations((name, body) => {
    if (name === 'AcceptUpload') hear(body);
  });
  const kills = seededKills(wishedKills(objects), dice, (name) => kill(name));
  const onLog = kills.hear;
  await using ingest = await startIngestPipeline({ assemblyDirectory, rates: RATES, onLog });
  const creates = watchCreates(ingest.box, ingest.clock);
  setUploadWeather(ingest.box, seed);
  const copies = new CopiedEvents(ingest, dice, (key, etag) =>
    written.copiesAfterSeconds(key, etag),
  );
  hear = (body) => copies.hear(body);
  kill = ingest.pipeline.cloud.kill;

  await dropAndWait(ingest, plan, written, copies);

  const verdict = await judgeIngest(ingest, written.newest, creates, RATES.perMinute);
  const deliveries = plan.length + copies.sentRecords;
  console.log(
    alignedTable([
      ['uploads, overwritten keys included', plan.length],
      ['deliveries of their events', deliveries],
      ['  in messages', plan.length + copies.sentMessages],
      ['  received, with all that came again', copies.receivedRecords],
      ['provider allows a minute / a day', `${RATES.perMinute} / ${RATES.perDay}`],
      ['simulated minutes', ingest.seconds() / 60],
      ['wall seconds', Math.round((Date.now() - startedMs) / 1000)],
      ...verdictRows(verdict),
    ]),
  );
  console.log(alignedTable([['fault', 'struck'], ...weatherRows(ingest.box)]));
  console.log(alignedTable([['killed', 'times', 'invocations ended'], ...killRows(kills)]));
  console.log(alignedTable(functionRows(watch, plan.length)));
  const isEnough = deliveries >= DELIVERIES_PER_OBJECT * objects;
  const broken = isEnough ? brokenBy(verdict) : [`only ${deliveries} deliveries`];
  return broken.map((words) => `shuffled deliveries: ${words}`);
}

/** How often each function dies, among about as many lines as it logs of so many objects. */
function wishedKills(objects: number) {
  return [
    { functionName: 'AcceptUpload', times: 8, amongLines: 2 * objects },
    { functionName: 'RegisterAsset', times: 12, amongLines: 3 * objects },
    { functionName: 'AdmitAsset', times: 6, amongLines: 0.8 * objects },
  ];
}

/** Writes the objects when their time has come, until nothing is under way any more. */
async function dropAndWait(
  ingest: IngestPipeline,
  plan: readonly PlannedUpload[],
  written: WrittenUploads,
  copies: CopiedEvents,
): Promise<void> {
  const tell = tellProgress(ingest);
  let dropped = 0;
  while (ingest.seconds() < PATIENCE_SECONDS) {
    const due = plan.slice(dropped).filter(({ atSecond }) => atSecond <= ingest.seconds());
    dropped += due.length;
    await pMap(due, (upload) => written.write(ingest, upload), { concurrency: PUTS_AT_ONCE });
    do await ingest.pipeline.cloud.whenIdle();
    while (await copies.send());
    if (dropped === plan.length) tell('every object written');
    const isDelivered = dropped === plan.length && !copies.isWaiting;
    if (isDelivered) tell('every event delivered');
    const isLast = isDelivered && ingest.box.ledger.assets().length >= written.videoCount;
    if (isLast) tell('about every asset created');
    if (isLast && (await isOver(ingest))) return;
    await ingest.clock.advance((isLast ? LAST_STEP_SECONDS : STEP_SECONDS) * 1_000);
  }
}

/** Whether every video is final, and no message is left that could move one. */
async function isOver({ queued, videos }: IngestPipeline): Promise<boolean> {
  if ((await queued()) > 0) return false;
  return (await videos()).every(({ stage }) => stage === undefined);
}
