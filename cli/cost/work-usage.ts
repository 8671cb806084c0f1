import type { FunctionWork, Work } from './operations.ts';
import type { FunctionFacts, TemplateFacts } from './template-facts.ts';
import type { Use } from './usage.ts';

/** At so much memory a function has one processor to itself, and less in proportion below. */
const MEGABYTES_A_PROCESSOR = 1_769;
/**
 * What the functions wait for, since a laptop's clock says nothing of Lambda's: an answer of
 * DynamoDB, SQS, S3, and one of TwelveLabs. Each call is taken to wait for the one before, which
 * many don't.
 */
export const WAITS = { awsSeconds: 0.01, providerSeconds: 0.3 };
/** Lambda's own START, END and REPORT lines, as CloudWatch bills them. */
const PLATFORM_LOG_BYTES = 400;
const BYTES_A_GIGABYTE = 1024 ** 3;
/** Lambda records the first call of a second and 5 % of the others. */
const SAMPLED = 0.05;

/** How much of the measured work is meant, and in how long it is done. */
export interface Scale {
  /** By function: how many times its measured work. */
  readonly ofFunction: (name: string) => number;
  /** By kind of row, likewise. */
  readonly ofRow: (kind: string) => number;
  /** Of all that is not told apart by function or row. */
  readonly ofRest: number;
  /** Seconds that it takes, for what is sampled by the second. */
  readonly seconds: number;
}

/** What AWS bills for some measured work of the functions. */
export function workUsage(work: Work, scale: Scale, facts: TemplateFacts): Use[] {
  return [
    ...functionUsage(work, scale, facts),
    ...queueUsage(work, scale),
    ...tableUsage(work, scale),
    {
      price: 's3Write',
      quantity: scale.ofRest * requests(work, /^s3\.(PUT|POST|GET bucket).* by function/),
    },
    {
      price: 's3Read',
      quantity: scale.ofRest * requests(work, /^s3\.(GET|HEAD) object by function/),
    },
    { price: 'secretCall', quantity: scale.ofRest * requests(work, /^secretsmanager\./) },
  ];
}

/** How many of the requests that were counted are meant. */
export function requests({ requests: counted }: Work, which: RegExp): number {
  return Object.entries(counted)
    .filter(([name]) => which.test(name))
    .reduce((sum, [, count]) => sum + count, 0);
}

/** How long Lambda bills an invocation for, by assumption: see `WAITS`. */
export function billedSeconds(
  { cpuMs, awsCalls, providerCalls, invocations }: FunctionWork,
  { memoryMegabytes }: Pick<FunctionFacts, 'memoryMegabytes'>,
): number {
  const stretch = Math.max(1, MEGABYTES_A_PROCESSOR / memoryMegabytes);
  const waited = awsCalls * WAITS.awsSeconds + providerCalls * WAITS.providerSeconds;
  return invocations === 0 ? 0 : ((cpuMs / 1_000) * stretch + waited) / invocations;
}

function functionUsage(work: Work, scale: Scale, { functions }: TemplateFacts): Use[] {
  return functions.flatMap((facts): Use[] => {
    const done = work.functions[facts.name];
    if (!done) return [];
    const factor = scale.ofFunction(facts.name);
    const invocations = done.invocations * factor;
    const gigabytes = facts.memoryMegabytes / 1_024;
    const logBytes = done.logBytes * factor + invocations * PLATFORM_LOG_BYTES;
    const traced = Math.min(invocations, scale.seconds + SAMPLED * invocations);
    return [
      { price: 'lambdaRequest', quantity: invocations },
      {
        price: facts.isArm ? 'lambdaArm' : 'lambdaX86',
        quantity: invocations * billedSeconds(done, facts) * gigabytes,
      },
      { price: 'logGigabyte', quantity: logBytes / BYTES_A_GIGABYTE },
      ...(facts.isTraced ? [{ price: 'trace', quantity: traced } as const] : []),
    ];
  });
}

/** What functions ask of queues, and of what they are handed each receive and each delete. */
function queueUsage(work: Work, { ofRest }: Scale): Use[] {
  const asked = requests(work, /^sqs\..* by function/);
  const handed = 2 * requests(work, /^sqs\.DeleteMessageBatch by host/);
  return [{ price: 'sqsRequest', quantity: ofRest * (asked + handed) }];
}

function tableUsage({ writes, readUnits }: Work, { ofRow, ofRest }: Scale): Use[] {
  const units = Object.entries(writes).reduce(
    (sum, [move, { tableUnits, indexUnits }]) =>
      sum + ofRow(kindOf(move)) * (tableUnits + indexUnits),
    0,
  );
  return [
    { price: 'tableWrite', quantity: units },
    { price: 'tableRead', quantity: ofRest * readUnits },
  ];
}

/** `video received to waiting` is about a video. */
function kindOf(move: string): string {
  return move.split(' ')[0] ?? '';
}
