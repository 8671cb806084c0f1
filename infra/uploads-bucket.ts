import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** A private, encrypted bucket that outlives the stack. */
export class PrivateBucket extends Bucket {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(7) }],
    });
  }
}

/**
 * The bucket that people drop videos into; it tells `queue` of every object created.
 *
 * The notification is the bucket's own property rather than CDK's custom resource, which would bring
 * a function in another language and the right to change every notification of the account. The
 * queue's policy can't name the bucket then (each would need the other first), so it names the account.
 */
export class UploadsBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, queue: Queue) {
    super(scope, id);
    queue.grantSendMessages(
      new ServicePrincipal('s3.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    const bucket = this.node.defaultChild as CfnBucket;
    bucket.notificationConfiguration = {
      queueConfigurations: [{ event: 's3:ObjectCreated:*', queue: queue.queueArn }],
    };
    // S3 tries the queue when the notification is set up: its policy must stand by then.
    bucket.node.addDependency(queue.node.findChild('Policy'));
  }
}
