import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { PipelineFunction, type PipelineFunctionProps } from './pipeline-function.ts';

export interface WorkerProps extends PipelineFunctionProps {
  /** Messages an invocation gets at most. */
  readonly batchSize: number;
  /** How long messages are gathered before an invocation. */
  readonly batchingWindow?: Duration;
  /** Invocations side by side at most. */
  readonly maxConcurrency: number;
}

/** Times a message is delivered before the dead-letter queue keeps it. */
const MAX_RECEIVE_COUNT = 5;

/**
 * A stage's queue. A message stays hidden for six times the time that its consumer may take (what AWS
 * asks for), and what can't be consumed is kept for 14 days as evidence.
 */
export class StageQueue extends Queue {
  constructor(scope: Construct, id: string, consumerTimeout: Duration) {
    super(scope, id, {
      visibilityTimeout: Duration.seconds(consumerTimeout.toSeconds() * 6),
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      deadLetterQueue: {
        maxReceiveCount: MAX_RECEIVE_COUNT,
        queue: new Queue(scope, `${id}DeadLetters`, {
          retentionPeriod: Duration.days(14),
          encryption: QueueEncryption.SQS_MANAGED,
          enforceSSL: true,
        }),
      },
    });
  }
}

/** A function fed by a queue of its own, failing message by message. */
export class Worker extends Construct {
  readonly function: PipelineFunction;

  constructor(scope: Construct, id: string, queue: Queue, props: WorkerProps) {
    super(scope, id);
    this.function = new PipelineFunction(this, 'Function', props);
    this.function.addEventSource(
      new SqsEventSource(queue, {
        batchSize: props.batchSize,
        ...(props.batchingWindow && { maxBatchingWindow: props.batchingWindow }),
        maxConcurrency: props.maxConcurrency,
        reportBatchItemFailures: true,
      }),
    );
  }
}
