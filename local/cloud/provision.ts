import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { CREDENTIALS, REGION } from './cloud-region.ts';
import type { Emulators } from './emulators/emulators.ts';
import type { Endpoints } from './endpoints.ts';
import type { CloudPlan } from './plan-cloud.ts';
import { createBuckets } from './resources/buckets.ts';
import { createQueues } from './resources/queues.ts';
import { createTables } from './resources/tables.ts';

/** Makes buckets, queues, tables and secrets in the emulators; the stack and its policies known there. */
export async function provision(
  plan: CloudPlan,
  emulators: Emulators,
  endpoints: Endpoints,
  sqs: SQSClient,
): Promise<void> {
  const common = { region: REGION, credentials: CREDENTIALS };
  const s3 = new S3Client({ ...common, endpoint: endpoints.s3 });
  const dynamoDb = new DynamoDBClient({ ...common, endpoint: endpoints.dynamodb });
  try {
    await createQueues(sqs, plan.queues);
    await createBuckets(s3, plan.buckets);
    await createTables(dynamoDb, plan.tables);
    await emulators.addSecrets(plan.secrets);
    await emulators.addStack(plan.described);
    await emulators.setAccess(plan.access, plan.serviceCalls);
  } finally {
    s3.destroy();
    dynamoDb.destroy();
  }
}

/** Lets buckets notify their queues: when the functions that read them are ready. */
export async function startNotifications(plan: CloudPlan, emulators: Emulators): Promise<void> {
  for (const { bucketName, notifications } of plan.buckets) {
    await emulators.notifyQueues(bucketName, notifications);
  }
}
