import { type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../../clock.ts';
import type { EventSourcePlan } from '../resources/event-sources.ts';

const MOST_PER_RECEIVE = 10;
const LONG_POLL_SECONDS = 20;

/** Gathers batches from a queue: whatever is there, or as much as comes within the window. */
export class QueueReader {
  readonly #sqs: SQSClient;
  readonly #plan: EventSourcePlan;
  readonly #clock: Clock;
  readonly #aborting: AbortSignal;
  /** A receive that outlived its batch's window: what it brings opens the next batch. */
  #receiving: Promise<Message[]> | undefined;
  readonly #gathered: Message[] = [];

  constructor(sqs: SQSClient, plan: EventSourcePlan, clock: Clock, aborting: AbortSignal) {
    this.#sqs = sqs;
    this.#plan = plan;
    this.#clock = clock;
    this.#aborting = aborting;
  }

  /** Receipt handles of messages that wait for their batch's window to end. */
  get gathering(): readonly (string | undefined)[] {
    return this.#gathered.map((message) => message.ReceiptHandle);
  }

  /** At least one message, at most a batch. */
  async nextBatch(): Promise<Message[]> {
    const { batchSize, batchingWindowMs } = this.#plan;
    while (this.#gathered.length === 0) await this.#gather();
    if (batchingWindowMs > 0) {
      const { promise, resolve } = Promise.withResolvers<'over'>();
      const cancel = this.#clock.after(batchingWindowMs, () => resolve('over'));
      try {
        while (this.#gathered.length < batchSize && (await this.#gather(promise)) !== 'over');
      } finally {
        cancel();
      }
    }
    return this.#gathered.splice(0, batchSize);
  }

  async #gather(windowEnd: Promise<'over'> = new Promise(() => {})): Promise<'over' | undefined> {
    this.#receiving ??= this.#ask();
    // Nobody may be waiting for it when it is aborted.
    this.#receiving.catch(() => {});
    try {
      const received = await Promise.race([this.#receiving, windowEnd]);
      if (received === 'over') return received;
      this.#gathered.push(...received);
    } catch (error) {
      this.#receiving = undefined;
      throw error;
    }
    this.#receiving = undefined;
    return undefined;
  }

  async #ask(): Promise<Message[]> {
    const { batchSize, queue } = this.#plan;
    const { Messages = [] } = await this.#sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queue.queueUrl,
        MaxNumberOfMessages: Math.min(MOST_PER_RECEIVE, batchSize),
        WaitTimeSeconds: LONG_POLL_SECONDS,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
      { abortSignal: this.#aborting },
    );
    return Messages;
  }
}
