import { Stack } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { indexes } from '../shared/store/keys.ts';
import type { Parts } from './parts.ts';
import type { PipelineFunction } from './pipeline-function.ts';
import type { PrivateBucket } from './private-bucket.ts';
import { reviewed } from './reviewed.ts';

/*
 * CDK's own grants give more than is used (reading a bucket brings `s3:List*`, a table a dozen
 * operations): each of these gives what its name says. That each right is used, and each call made is
 * granted, a test shows on the whole pipeline.
 */

type Operation =
  | 'BatchGetItem'
  | 'BatchWriteItem'
  | 'GetItem'
  | 'PutItem'
  | 'Query'
  | 'Scan'
  | 'UpdateItem';
type Index = (typeof indexes)[keyof typeof indexes];

/** The right to call just these operations on the table, and to query just these indexes of it. */
export function grantTable(
  { table }: Parts,
  grantee: PipelineFunction,
  operations: readonly Operation[],
  queried: readonly Index[] = [],
): void {
  const actions = operations.map((it) => `dynamodb:${it}`);
  Grant.addToPrincipal({ grantee, actions, resourceArns: [table.tableArn] });
  if (queried.length === 0) return;
  const resourceArns = queried.map((it) => `${table.tableArn}/index/${it}`);
  Grant.addToPrincipal({ grantee, actions: ['dynamodb:Query'], resourceArns });
}

/**
 * The right to read uploads, in whatever version an event names, and to be told when one is gone: who
 * may not list a bucket is told 403 instead of 404 (Amazon S3 API Reference, GetObject).
 */
export function grantReadUploads({ uploads }: Parts, grantee: PipelineFunction): void {
  const resourceArns = [uploads.arnForObjects('*')];
  const actions = ['s3:GetObject', 's3:GetObjectVersion'];
  Grant.addToPrincipal({ grantee, actions, resourceArns });
  Grant.addToPrincipal({ grantee, actions: ['s3:ListBucket'], resourceArns: [uploads.bucketArn] });
  reviewEachObject(uploads, grantee);
}

/** The right to write objects of the archive, each in one request. */
export function grantPutArchive({ archive }: Parts, grantee: PipelineFunction): void {
  const resourceArns = [archive.arnForObjects('*')];
  Grant.addToPrincipal({ grantee, actions: ['s3:PutObject'], resourceArns });
  reviewEachObject(archive, grantee);
}

/** The right to read the value of a secret. */
export function grantReadSecret(
  parts: Parts,
  secret: 'apiKey' | 'webhookSecrets',
  grantee: PipelineFunction,
): void {
  const resourceArns = [parts[secret].secretArn];
  Grant.addToPrincipal({ grantee, actions: ['secretsmanager:GetSecretValue'], resourceArns });
}

/** The right to send to these queues. */
export function grantSend(grantee: PipelineFunction, ...queues: readonly Queue[]): void {
  const resourceArns = queues.map(({ queueArn }) => queueArn);
  Grant.addToPrincipal({ grantee, actions: ['sqs:SendMessage'], resourceArns });
}

/** The right to ask how many messages these queues hold. */
export function grantCount(grantee: PipelineFunction, ...queues: readonly Queue[]): void {
  const resourceArns = queues.map(({ queueArn }) => queueArn);
  Grant.addToPrincipal({ grantee, actions: ['sqs:GetQueueAttributes'], resourceArns });
}

function reviewEachObject(bucket: IBucket | PrivateBucket, { role }: PipelineFunction): void {
  const made = bucket.node.defaultChild;
  const where =
    made instanceof CfnBucket
      ? `<${Stack.of(made).getLogicalId(made)}.Arn>`
      : `arn:<AWS::Partition>:s3:::${bucket.bucketName}`;
  const reason = 'It is any object of this one bucket: their keys are not known before they come.';
  if (role) reviewed(role, `IAM5[Resource::${where}/*]`, reason);
}
