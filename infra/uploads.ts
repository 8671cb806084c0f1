import { Aws } from 'aws-cdk-lib';
import { Rule, type RuleTargetConfig } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket, type CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';
import { PrivateBucket } from './private-bucket.ts';
import type { StageQueue } from './stage-queues.ts';

/** The bucket that people drop videos into, ours or theirs; `queue` is told of every object created. */
export function createUploads(
  scope: Construct,
  config: Config,
  queue: StageQueue,
): IBucket | PrivateBucket {
  const { uploadsBucketName } = config;
  return uploadsBucketName === undefined
    ? new UploadsBucket(scope, 'UploadsBucket', config, queue)
    : existingBucket(scope, uploadsBucketName, config, queue);
}

/**
 * A bucket of our own.
 *
 * The notification is the bucket's own property rather than CDK's custom resource, which would bring
 * a function in another language and the right to change every notification of the account. The
 * queue's policy can't name the bucket then (each would need the other first), so it names the account.
 */
class UploadsBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, config: Config, queue: StageQueue) {
    super(scope, id, config);
    queue.grant(
      new ServicePrincipal('s3.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      'sqs:SendMessage',
    );
    const bucket = this.node.defaultChild as CfnBucket;
    const told = { event: 's3:ObjectCreated:*', queue: queue.queueArn };
    const filters = config.uploadPrefixes.map((prefix) => ({
      s3Key: { rules: [{ name: 'prefix', value: encoded(prefix) }] },
    }));
    bucket.notificationConfiguration = {
      queueConfigurations:
        filters.length === 0 ? [told] : filters.map((filter) => ({ ...told, filter })),
    };
    // S3 tries the queue when the notification is set up: its policy must stand by then.
    bucket.node.addDependency(queue.node.findChild('Policy'));
  }
}

/**
 * A bucket that is there already. Its notifications are its owner's, and S3 keeps one list of them: so
 * it tells EventBridge, which its owner switches on, and a rule of ours picks what is created in it.
 */
function existingBucket(
  scope: Construct,
  name: string,
  config: Config,
  queue: StageQueue,
): IBucket {
  const prefixes = config.uploadPrefixes.map((prefix) => ({ prefix }));
  const rule = new Rule(scope, 'ExistingBucketUploads', {
    description: `Objects created in ${name}, for ${config.stackName}`,
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: {
        bucket: { name: [name] },
        ...(prefixes.length > 0 && { object: { key: prefixes } }),
      },
    },
  });
  rule.addTarget({ bind: () => targetOf(rule, queue) });
  return Bucket.fromBucketName(scope, 'ExistingUploadsBucket', name);
}

/**
 * CDK's own target lets EventBridge of any account send where the queue has a key; this one this rule
 * alone. What can't be delivered within a day is a dead letter like any other.
 */
function targetOf({ ruleArn }: Rule, queue: StageQueue): RuleTargetConfig {
  for (const target of [queue, queue.deadLetters]) {
    target.addToResourcePolicy(
      new PolicyStatement({
        actions: ['sqs:SendMessage'],
        principals: [new ServicePrincipal('events.amazonaws.com')],
        resources: [target.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': ruleArn } },
      }),
    );
  }
  return { arn: queue.queueArn, deadLetterConfig: { arn: queue.deadLetters.queueArn } };
}

/** S3 wants prefixes in the form that keys have in its events. */
function encoded(prefix: string): string {
  return prefix.split('/').map(encodeURIComponent).join('/').replaceAll('%20', '+');
}
