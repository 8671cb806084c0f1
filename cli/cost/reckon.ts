import { filesUsage } from './files-usage.ts';
import { idleMonth } from './idle-month.ts';
import { naiveUsage } from './naive.ts';
import type { Operations } from './operations.ts';
import { PRICES_CHECKED_ON, REGION } from './price.ts';
import { type PriceName, priceOf } from './prices.ts';
import { providerDollars } from './provider-dollars.ts';
import type { TemplateFacts } from './template-facts.ts';
import { dollarsAfterAllowances, listDollars, merged, totalDollars, type Use } from './usage.ts';
import { keptUsage, videosUsage } from './videos-usage.ts';
import type { Workload } from './workload.ts';

/** What an idle month is to stay below, in dollars. */
export const IDLE_AIM_DOLLARS = 1;
/**
 * What a million videos are to stay below, as a share of the naive design, for results of so many
 * KB.
 */
export const NAIVE_AIM = { ratio: 0.04, resultKilobytes: 100 };
export const MILLION = 1_000_000;

/** One line of a bill. */
export interface Row {
  readonly price: PriceName;
  readonly service: string;
  readonly unit: string;
  readonly quantity: number;
  readonly note?: string;
  /** By list price. */
  readonly dollars: number;
  /** After what AWS gives away each month, of which what comes above has had its part. */
  readonly afterAllowances: number;
}

export interface Bill {
  readonly rows: readonly Row[];
  readonly dollars: number;
  readonly afterAllowances: number;
}

export type Reckoning = ReturnType<typeof reckon>;

/** Everything that `npm run cost` tells, in dollars. */
export function reckon(facts: TemplateFacts, operations: Operations, work: Workload) {
  const idle = idleMonth(facts, operations);
  const videos = videosUsage(facts, operations, work);
  const kept = keptUsage(facts, operations, work);
  const provider = providerDollars(work);
  const pipelineDollars = totalDollars(videos) + totalDollars(kept);
  const files = filesUsage(work);
  return {
    region: REGION,
    pricesCheckedOn: PRICES_CHECKED_ON,
    workload: work,
    measured: operations.measured,
    notPriced: facts.notPriced,
    notMeasured: notMeasured(facts, operations),
    polledQueues: Object.keys(facts.pollers).length,
    idleMonth: billOf(idle),
    videos: billOf(videos, idle),
    kept: billOf(kept, [...idle, ...videos]),
    files: billOf(files, [...idle, ...videos, ...kept]),
    provider,
    awsOverProvider: {
      pipeline: pipelineDollars / provider.dollars,
      withFiles: (pipelineDollars + totalDollars(files)) / provider.dollars,
    },
    writesAVideo: writesAVideo(operations),
    million: {
      daysAtTheRate: Math.ceil(MILLION / facts.uploadsPerDay),
      asAsked: besideNaive(facts, operations, { ...work, videos: MILLION }),
      atTheAim: besideNaive(facts, operations, {
        ...work,
        videos: MILLION,
        resultKilobytes: NAIVE_AIM.resultKilobytes,
      }),
    },
  };
}

/** Write units a video by what is written, the most first, as measured: results are small there. */
function writesAVideo({ run, measured }: Operations): { move: string; units: number }[] {
  return Object.entries(run.writes)
    .map(([move, it]) => ({ move, units: (it.tableUnits + it.indexUnits) / measured.videos }))
    .toSorted((a, b) => b.units - a.units);
}

/** What calls functions otherwise than it did when their work was measured. */
function notMeasured(facts: TemplateFacts, { measured, idle }: Operations): string[] {
  const isKnown = (name: string, size: number) => measured.batchSizes[name] === size;
  return [
    ...Object.entries(facts.pollers)
      .filter(([name, size]) => !isKnown(name, size))
      .map(([name, size]) => `${name} with ${size} messages at once`),
    ...Object.keys(facts.scheduledCalls)
      .filter((name) => !idle.functions[name])
      .map((name) => `${name} on a schedule`),
  ];
}

/**
 * A million videos in both designs, without the files and what is kept, which are the same in both.
 */
function besideNaive(facts: TemplateFacts, operations: Operations, work: Workload) {
  const ours = billOf(videosUsage(facts, operations, work), idleMonth(facts, operations));
  const naive = billOf(naiveUsage(work), [], { isMerged: false });
  return {
    resultKilobytes: work.resultKilobytes,
    ours,
    naive,
    ratio: ours.dollars / naive.dollars,
  };
}

function billOf(
  usage: readonly Use[],
  already: readonly Use[] = [],
  { isMerged } = { isMerged: true },
): Bill {
  const uses = isMerged ? merged(usage) : usage;
  const rows = uses.map((use, at): Row => {
    const { service, unit } = priceOf(use.price);
    return {
      ...use,
      service,
      unit,
      dollars: listDollars(use),
      afterAllowances: dollarsAfterAllowances([use], [...already, ...uses.slice(0, at)]),
    };
  });
  return {
    rows,
    dollars: rows.reduce((sum, row) => sum + row.dollars, 0),
    afterAllowances: rows.reduce((sum, row) => sum + row.afterAllowances, 0),
  };
}
