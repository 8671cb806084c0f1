import { MAX_INLINE_BYTES } from '../../shared/answer.ts';
import { countText } from './numbers.ts';
import type { Operations } from './operations.ts';
import { HOURS_A_MONTH, type TemplateFacts } from './template-facts.ts';
import type { Use } from './usage.ts';
import { workUsage } from './work-usage.ts';
import type { Workload } from './workload.ts';

const BYTES_A_GIGABYTE = 1024 ** 3;
/** What is done once a video; all else is done once an analysis. */
const OF_A_VIDEO = {
  functions: ['AcceptUpload', 'RegisterAsset', 'UploadChunks', 'AdmitAsset'],
  rows: ['video', 'schedule'],
};
/** Metrics that are published for as long as a video waits for its turn. */
const OF_THE_LINE = /stage=schedule-upload|^OldestUnderWay/;
const DAYS_A_MONTH = 365 / 12;

/** What these videos add to the bill, from the object in the bucket to the row with the result. */
export function videosUsage(
  facts: TemplateFacts,
  operations: Operations,
  { videos, profiles, resultKilobytes }: Workload,
): Use[] {
  const { run, measured } = operations;
  const each = videos / measured.videos;
  const hours = hoursUnderWay(facts, operations, videos);
  const scale = {
    ofFunction: (name: string) => each * (OF_A_VIDEO.functions.includes(name) ? 1 : profiles),
    ofRow: (kind: string) => each * (OF_A_VIDEO.rows.includes(kind) ? 1 : profiles),
    // Not told apart by what it is for: at most so much.
    ofRest: each * profiles,
    seconds: hours.busy * 3_600,
  };
  const webhooks = run.functions['ReceiveWebhook']?.invocations ?? 0;
  return [
    ...workUsage(run, scale, facts),
    {
      price: 'tableWrite',
      quantity: videos * profiles * extraResultUnits(operations, resultKilobytes),
    },
    { price: 'sqsRequest', quantity: videos },
    { price: 'httpRequest', quantity: webhooks * each * profiles },
    {
      price: 'metricMonth',
      quantity: metricHours(run.metrics, hours) / HOURS_A_MONTH,
      note: `published in ${countText(hours.busy)} h`,
    },
  ];
}

interface Hours {
  /** In which videos move. */
  readonly busy: number;
  /** In which at least some wait for their turn to be uploaded. */
  readonly waiting: number;
}

/**
 * How many hours videos are under way: each day as many as the plan takes, at its rate, and the
 * last ones of the day as long as in the measured run. The others wait.
 */
function hoursUnderWay(
  { uploadsPerMinute, uploadsPerDay }: TemplateFacts,
  { measured }: Operations,
  videos: number,
): Hours {
  const minutesOf = (count: number) => Math.min(count, uploadsPerDay) / uploadsPerMinute;
  const tailMinutes = measured.runMinutes - minutesOf(measured.videos);
  const days = Math.ceil(videos / uploadsPerDay);
  const busy = days * Math.ceil((minutesOf(videos) + tailMinutes) / 60);
  return { busy, waiting: days === 1 ? busy : Math.max(busy, days * 24) };
}

/** What waits for its turn is measured for as long as it does. */
function metricHours(metrics: readonly string[], { busy, waiting }: Hours): number {
  const ofWaiting = metrics.filter((it) => OF_THE_LINE.test(it)).length;
  return ofWaiting * waiting + (metrics.length - ofWaiting) * busy;
}

/** What it costs to keep rows, the archive and logs, beside the files themselves. */
export function keptUsage(
  facts: TemplateFacts,
  operations: Operations,
  { videos, profiles, resultKilobytes, monthsKept }: Workload,
): Use[] {
  const { kept, measured, run, results } = operations;
  const bytes = (kind: string, part: 'tableBytes' | 'indexBytes') =>
    (kept[kind]?.[part] ?? 0) / measured.videos;
  const inline = resultKilobytes * 1_024 <= MAX_INLINE_BYTES ? resultKilobytes * 1_024 : 0;
  const resultBytes = inline - results.bytes / Math.max(1, results.rows);
  const table =
    bytes('video', 'tableBytes') + profiles * (bytes('analysis', 'tableBytes') + resultBytes);
  const indexes = bytes('video', 'indexBytes') + profiles * bytes('analysis', 'indexBytes');
  const logBytes = Object.values(run.functions).reduce((sum, it) => sum + it.logBytes, 0);
  const logMonths = Math.min(monthsKept, facts.logDays / DAYS_A_MONTH);
  const gigabyteMonths = (perVideo: number) => (videos * perVideo * monthsKept) / BYTES_A_GIGABYTE;
  return [
    { price: 'tableGigabyteMonth', quantity: gigabyteMonths(table + indexes) },
    {
      price: 'tableBackup',
      quantity: facts.hasPointInTimeRecovery ? gigabyteMonths(table) : 0,
    },
    {
      price: 's3GigabyteMonth',
      quantity: gigabyteMonths(profiles * resultKilobytes * 1_024),
      note: 'the archive, as if it did not shrink',
    },
    {
      price: 'logGigabyteMonth',
      quantity: (videos * logBytes * logMonths) / measured.videos / BYTES_A_GIGABYTE,
    },
  ];
}

/**
 * Write units by which a result of this size makes its row dearer than those that were measured.
 */
function extraResultUnits({ results }: Operations, resultKilobytes: number): number {
  const { rows, bytes, bytesWithout } = results;
  const resultBytes = resultKilobytes * 1_024;
  if (rows === 0 || resultBytes > MAX_INLINE_BYTES) return 0;
  const units = (size: number) => Math.ceil(size / 1_024);
  return Math.max(
    0,
    units(bytesWithout / rows + resultBytes) - units((bytesWithout + bytes) / rows),
  );
}
