import type { Statement } from './statement.ts';

const allow = (...actions: readonly string[]): Statement => ({
  effect: 'Allow',
  actions,
  resources: ['*'],
  conditions: [],
});

const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

/** What the policies that AWS itself manages say (AWS Managed Policy Reference), by their names. */
export const MANAGED_POLICIES: Readonly<Record<string, readonly Statement[]>> = {
  AWSLambdaBasicExecutionRole: [allow(...LOGS)],
  AWSLambdaSQSQueueExecutionRole: [
    allow('sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', ...LOGS),
  ],
  AWSXRayDaemonWriteAccess: [
    allow(
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:GetSamplingStatisticSummaries',
    ),
  ],
};
