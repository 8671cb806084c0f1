import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';
import { customersKey } from './customers-key.ts';

/** How long the function of each stage may run. */
export const stageTimeouts = {
  acceptUpload: Duration.minutes(1),
  registerAsset: Duration.minutes(3),
  uploadChunks: Duration.minutes(15),
  admitAsset: Duration.minutes(1),
  submitBatches: Duration.minutes(5),
  collectResults: Duration.minutes(15),
};

/** Times a message is delivered before the dead-letter queue keeps it. */
const MAX_RECEIVE_COUNT = 5;

/**
 * A stage's queue. A message stays hidden for six times the time that its consumer may take (what AWS
 * asks for), and what can't be consumed is kept for 14 days as evidence.
 */
export class StageQueue extends Queue {
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, config: Config, consumerTimeout: Duration) {
    const encryptionMasterKey = customersKey(scope, config);
    const kept: QueueProps = {
      retentionPeriod: Duration.days(14),
      enforceSSL: true,
      ...(encryptionMasterKey
        ? { encryption: QueueEncryption.KMS, encryptionMasterKey }
        : { encryption: QueueEncryption.SQS_MANAGED }),
    };
    const deadLetters = new Queue(scope, `${id}DeadLetters`, kept);
    super(scope, id, {
      ...kept,
      visibilityTimeout: Duration.seconds(consumerTimeout.toSeconds() * 6),
      deadLetterQueue: { maxReceiveCount: MAX_RECEIVE_COUNT, queue: deadLetters },
    });
    this.deadLetters = deadLetters;
  }
}

export type StageQueues = ReturnType<typeof createStageQueues>;

/** The queues, in the order in which a video meets them. */
export function createStageQueues(scope: Construct, config: Config) {
  const queue = (id: string, timeout: Duration) => new StageQueue(scope, id, config, timeout);
  return {
    uploads: queue('Uploads', stageTimeouts.acceptUpload),
    scheduledUploads: queue('ScheduledUploads', stageTimeouts.registerAsset),
    largeUploads: queue('LargeUploads', stageTimeouts.uploadChunks),
    registeredAssets: queue('RegisteredAssets', stageTimeouts.admitAsset),
    queuedAnalyses: queue('QueuedAnalyses', stageTimeouts.submitBatches),
    changedBatches: queue('ChangedBatches', stageTimeouts.collectResults),
  };
}
