import type { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
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
