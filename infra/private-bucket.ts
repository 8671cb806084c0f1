import { Duration } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';
import { customersKey } from './customers-key.ts';
import { removalOf } from './removal.ts';
import { reviewed } from './reviewed.ts';

/**
 * A private, encrypted bucket that outlives the stack, and keeps for a while what was overwritten or
 * deleted.
 */
export class PrivateBucket extends Bucket {
  constructor(scope: Construct, id: string, config: Config) {
    const encryptionKey = customersKey(scope, config);
    super(scope, id, {
      ...(encryptionKey
        ? { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED }),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      removalPolicy: removalOf(config),
      lifecycleRules: [
        {
          abortIncompleteMultipartUploadAfter: Duration.days(7),
          noncurrentVersionExpiration: Duration.days(config.oldVersionsDays),
          expiredObjectDeleteMarker: true,
        },
      ],
    });
    const reason =
      "Who reads what is for CloudTrail to say, at the account's choice: it costs by the object.";
    reviewed(this, 'S1', reason);
  }
}
