import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { indexes } from '../../shared/store/keys.ts';
import { CLOCK_PERIOD_SECONDS } from '../../shared/waiting-room.ts';
import { grantCount, grantSend, grantTable } from '../grants.ts';
import type { Parts } from '../parts.ts';
import { PipelineFunction } from '../pipeline-function.ts';

/** The clock: every minute, whatever is due -> the queue of its stage. */
export function addWakeDue(parts: Parts): PipelineFunction {
  const { scope, config, queues, table } = parts;
  const deadLetterUrls = Object.entries(queues).map(([name, { deadLetters }]) => [
    name,
    deadLetters.queueUrl,
  ]);
  const wakeDue = new PipelineFunction(scope, 'WakeDue', {
    config,
    folder: 'wake-due',
    timeout: Duration.minutes(1),
    memoryMegabytes: 512,
    // Lambda would sample each of its lonely ticks.
    isTraced: false,
    environment: {
      TABLE_NAME: table.tableName,
      UPLOADS_QUEUE_URL: queues.uploads.queueUrl,
      SCHEDULED_UPLOADS_QUEUE_URL: queues.scheduledUploads.queueUrl,
      LARGE_UPLOADS_QUEUE_URL: queues.largeUploads.queueUrl,
      REGISTERED_ASSETS_QUEUE_URL: queues.registeredAssets.queueUrl,
      QUEUED_ANALYSES_QUEUE_URL: queues.queuedAnalyses.queueUrl,
      CHANGED_BATCHES_QUEUE_URL: queues.changedBatches.queueUrl,
      DEAD_LETTER_QUEUE_URLS: Stack.of(scope).toJsonString(Object.fromEntries(deadLetterUrls)),
    },
  });
  const operations = ['BatchGetItem', 'BatchWriteItem', 'GetItem', 'Scan', 'UpdateItem'] as const;
  grantTable(parts, wakeDue, operations, [indexes.due, indexes.state]);
  const all = Object.values(queues);
  grantSend(wakeDue, ...all);
  // A round needs one message, however many there are.
  const { queuedAnalyses: _oneWillDo, ...counted } = queues;
  grantCount(wakeDue, ...Object.values(counted), ...all.map(({ deadLetters }) => deadLetters));
  new Rule(scope, 'EveryMinute', {
    schedule: Schedule.rate(Duration.seconds(CLOCK_PERIOD_SECONDS)),
    targets: [new LambdaFunction(wakeDue)],
  });
  return wakeDue;
}
