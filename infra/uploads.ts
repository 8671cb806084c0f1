import { Aws } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket, type CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';
import { PrivateBucket } from './private-bucket.ts';

/** The bucket that people drop videos into, ours or theirs; `queue` is told of every object created. */
export function createUploads(
  scope: Construct,
  config: Config,
  queue: Queue,
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
  constructor(scope: Construct, id: string, config: Config, queue: Queue) {
    super(scope, id, config);
    queue.grantSendMessages(
      new ServicePrincipal('s3.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    const bucket = this.node.defaultChild as CfnBucket;
    const told = { event: 's3:ObjectCreated:*', queue: queue.queueArn };
    const filters = config.uploadPrefixes.map((value) => ({
      s3Key: { rules: [{ name: 'prefix', value }] },
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
function existingBucket(scope: Construct, name: string, config: Config, queue: Queue): IBucket {
  const prefixes = config.uploadPrefixes.map((prefix) => ({ prefix }));
  new Rule(scope, 'ExistingBucketUploads', {
    description: `Objects created in ${name}, for ${config.stackName}`,
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: {
        bucket: { name: [name] },
        ...(prefixes.length > 0 && { object: { key: prefixes } }),
      },
    },
    targets: [new SqsQueue(queue)],
  });
  return Bucket.fromBucketName(scope, 'ExistingUploadsBucket', name);
}
