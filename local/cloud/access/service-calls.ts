import { CloudError } from '../cloud-error.ts';
import { ACCOUNT_ID, REGION } from '../cloud-region.ts';
import type { BucketPlan } from '../resources/buckets.ts';
import type { EventSourcePlan } from '../resources/event-sources.ts';
import type { FunctionPlan } from '../resources/functions.ts';
import type { QueuePlan } from '../resources/queues.ts';
import type { AccessPlan, CallerPlan } from './access-plan.ts';
import { onBehalfOf } from './condition.ts';
import { decide, type GrantedPart, type Need } from './decide.ts';

/** A part of a policy that a function's role was allowed something by. */
export interface GrantUse extends GrantedPart {
  readonly functionLogicalId: string;
}

interface ServiceNeeds {
  readonly functionLogicalId: string;
  /** What comes of it on AWS when one is missing. */
  readonly otherwise: string;
  readonly needs: readonly Need[];
}

/** What the poller needs (AWS Lambda, "Using Lambda with Amazon SQS", execution role permissions). */
const POLLING = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const TRACING = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'];

/**
 * What Lambda itself does with the rights of functions' roles: it polls their queues, writes their
 * logs, and sends their traces. Refuses a stack in which a role has not got the rights for it.
 */
export function serviceCalls(
  { callers, attached }: AccessPlan,
  functions: readonly FunctionPlan[],
  eventSources: readonly EventSourcePlan[],
): GrantUse[] {
  const all = [
    ...functions.flatMap(observing),
    ...eventSources.map(({ functionLogicalId, queue }) => ({
      functionLogicalId,
      otherwise: 'AWS refuses the event source mapping',
      needs: POLLING.map((action) => ({ action, resource: queue.arn })),
    })),
  ];
  return all.flatMap(({ functionLogicalId, otherwise, needs }) =>
    needs.flatMap((need) => {
      const caller = callers.find((one) => one.functionLogicalId === functionLogicalId);
      const decision = caller && decideFor(caller, need, attached);
      if (decision?.allowed) return decision.by.map((part) => ({ functionLogicalId, ...part }));
      throw new CloudError(
        `${functionLogicalId}: its role may not ${need.action} on ${need.resource}; ${otherwise}`,
      );
    }),
  );
}

/** Refuses a bucket that notifies a queue whose policy does not let S3 send to it. */
export function checkNotifications(
  { attached }: AccessPlan,
  buckets: readonly BucketPlan[],
  queues: readonly QueuePlan[],
): void {
  for (const { bucketName, notifications } of buckets) {
    for (const { queueName } of notifications) {
      const resource = queues.find((queue) => queue.queueName === queueName)?.arn ?? '';
      const send = { action: 'sqs:SendMessage', resource };
      const context = onBehalfOf(`arn:aws:s3:::${bucketName}`);
      const s3 = { service: 's3.amazonaws.com' };
      if (decide(s3, send, { identity: [], attached }, context).allowed) continue;
      throw new CloudError(
        `${bucketName}: the policy of the queue ${queueName} does not let s3.amazonaws.com send to it; AWS refuses the notification`,
      );
    }
  }
}

function observing({
  logicalId,
  logGroupName,
  functionName,
  isTraced,
}: FunctionPlan): ServiceNeeds[] {
  const group = `arn:aws:logs:${REGION}:${ACCOUNT_ID}:log-group:${logGroupName ?? `/aws/lambda/${functionName}`}`;
  const logging = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  const writing = logging.map((action) => ({ action, resource: `${group}:log-stream:local` }));
  // A group of the template's own is there before the function runs.
  const making = logGroupName ? [] : [{ action: 'logs:CreateLogGroup', resource: `${group}:*` }];
  const tracing = isTraced ? TRACING.map((action) => ({ action, resource: '*' })) : [];
  return [
    {
      functionLogicalId: logicalId,
      otherwise: 'its logs are lost',
      needs: [...making, ...writing],
    },
    { functionLogicalId: logicalId, otherwise: 'its traces are lost', needs: tracing },
  ];
}

function decideFor(caller: CallerPlan, need: Need, attached: AccessPlan['attached']) {
  return decide(caller, need, { identity: caller.statements, attached });
}
