import type { Price } from './price.ts';

const MILLION = 1_000_000;
const aws = (path: string) => `https://aws.amazon.com/${path}/pricing/`;
const lambda = { service: 'Lambda', page: aws('lambda'), sure: 'summaries' } as const;
const dynamodb = { service: 'DynamoDB', page: aws('dynamodb'), sure: 'summaries' } as const;
const s3 = { service: 'S3', page: aws('s3'), sure: 'summaries' } as const;
const gateway = { service: 'API Gateway', page: aws('api-gateway'), sure: 'page' } as const;
const secrets = { service: 'Secrets Manager', page: aws('secrets-manager') } as const;
const cloudwatch = { service: 'CloudWatch', page: aws('cloudwatch') } as const;
const pegasus = {
  service: 'TwelveLabs',
  page: 'https://www.twelvelabs.io/pricing',
  sure: 'summaries',
} as const;

/** Every price that a line of the bill may have. */
export const prices = {
  lambdaRequest: { ...lambda, unit: 'request', dollars: 0.2, per: MILLION, free: MILLION },
  lambdaArm: { ...lambda, unit: 'GB-s on ARM', dollars: 13.3334, per: MILLION, free: 400_000 },
  lambdaX86: { ...lambda, unit: 'GB-s on x86', dollars: 16.6667, per: MILLION, free: 400_000 },
  sqsRequest: {
    service: 'SQS',
    unit: 'request',
    dollars: 0.4,
    per: MILLION,
    free: MILLION,
    page: aws('sqs'),
    sure: 'summaries',
  },
  tableWrite: { ...dynamodb, unit: 'write unit', dollars: 0.625, per: MILLION },
  tableRead: { ...dynamodb, unit: 'read unit', dollars: 0.125, per: MILLION },
  tableGigabyteMonth: {
    ...dynamodb,
    unit: 'GB-month stored',
    dollars: 0.25,
    per: 1,
    free: 25,
    sure: 'page',
  },
  tableBackup: { ...dynamodb, unit: 'GB-month of PITR', dollars: 0.2, per: 1, sure: 'summaries' },
  s3Write: { ...s3, unit: 'PUT', dollars: 5, per: MILLION },
  s3Read: { ...s3, unit: 'GET', dollars: 0.4, per: MILLION, sure: 'summaries' },
  s3GigabyteMonth: { ...s3, unit: 'GB-month stored', dollars: 0.023, per: 1 },
  transferOut: {
    service: 'data transfer',
    unit: 'GB to the internet',
    dollars: 0.09,
    per: 1,
    free: 100,
    page: aws('ec2').replace('pricing/', 'pricing/on-demand/'),
    sure: 'summaries',
  },
  httpRequest: { ...gateway, unit: 'HTTP API request', dollars: 1, per: MILLION },
  restRequest: { ...gateway, unit: 'REST API request', dollars: 3.5, per: MILLION },
  secretMonth: { ...secrets, unit: 'secret', dollars: 0.4, per: 1, sure: 'summaries' },
  secretCall: { ...secrets, unit: 'call', dollars: 5, per: MILLION, sure: 'summaries' },
  logGigabyte: {
    ...cloudwatch,
    unit: 'GB of logs taken in',
    dollars: 0.5,
    per: 1,
    free: 5,
    sure: 'summaries',
  },
  logGigabyteMonth: {
    ...cloudwatch,
    unit: 'GB-month of logs',
    dollars: 0.03,
    per: 1,
    sure: 'known',
  },
  metricMonth: {
    ...cloudwatch,
    unit: 'metric-month',
    dollars: 0.3,
    per: 1,
    free: 10,
    sure: 'summaries',
  },
  alarmMonth: {
    ...cloudwatch,
    unit: 'alarm metric',
    dollars: 0.1,
    per: 1,
    free: 10,
    sure: 'summaries',
  },
  fastAlarmMonth: {
    ...cloudwatch,
    unit: 'high-resolution alarm metric',
    dollars: 0.3,
    per: 1,
    sure: 'summaries',
  },
  compositeAlarmMonth: {
    ...cloudwatch,
    unit: 'composite alarm',
    dollars: 0.5,
    per: 1,
    sure: 'summaries',
  },
  dashboardMonth: {
    ...cloudwatch,
    unit: 'dashboard',
    dollars: 3,
    per: 1,
    free: 3,
    sure: 'summaries',
  },
  trace: {
    service: 'X-Ray',
    unit: 'trace',
    dollars: 5,
    per: MILLION,
    free: 100_000,
    page: aws('xray'),
    sure: 'page',
  },
  keyMonth: {
    service: 'KMS',
    unit: 'key',
    dollars: 1,
    per: 1,
    page: aws('kms'),
    sure: 'known',
  },
  event: {
    service: 'EventBridge',
    unit: 'S3 event',
    dollars: 1,
    per: MILLION,
    page: aws('eventbridge'),
    sure: 'known',
  },
  videoMinute: { ...pegasus, unit: 'minute of video', dollars: 0.0292, per: 1 },
  outputToken: { ...pegasus, unit: 'output token', dollars: 7.5, per: MILLION },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof prices;

/** The same, where the allowance may be missing. */
export function priceOf(name: PriceName): Price {
  return prices[name];
}
