import { DeleteMessageBatchCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../../clock.ts';
import type { Activity } from '../activity.ts';
import type { QueueDepth } from '../emulators/queue-depths.ts';
import type { FunctionPool } from '../functions/function-pool.ts';
import type { EventSourcePlan } from '../resources/event-sources.ts';
import { failedMessages } from './partial-response.ts';
import { QueueReader } from './queue-reader.ts';
import { sqsEvent } from './sqs-event.ts';

const MOST_PER_DELETE = 10;
const RETRY_MS = 100;

/** What an event source works with. */
export interface EventSourceParts {
  readonly plan: EventSourcePlan;
  readonly sqs: SQSClient;
  readonly pool: FunctionPool;
  readonly clock: Clock;
  readonly activity: Activity;
}

/** Gives a queue's messages to a function in batches; deletes those that it handled. */
export class EventSource {
  readonly #parts: EventSourceParts;
  readonly #reader: QueueReader;
  readonly #aborting = new AbortController();
  /** Receipt handles of failed messages: hidden until their visibility timeout is over. */
  readonly #givenBack = new Set<string>();
  readonly #running: Promise<void>;
  #free: number;
  #onFree: () => void = () => {};

  constructor(parts: EventSourceParts) {
    this.#parts = parts;
    const { plan, pool } = parts;
    this.#free = Math.min(plan.maximumConcurrency ?? pool.concurrency, pool.concurrency);
    this.#reader = new QueueReader(parts.sqs, plan, parts.clock, this.#aborting.signal);
    this.#running = this.#run();
  }

  get queueName(): string {
    return this.#parts.plan.queue.queueName;
  }

  /** Whether nothing will happen to the queue's messages until the clock moves on. */
  isIdle(depth: QueueDepth): boolean {
    const nowMs = this.#parts.clock.nowMs();
    const waits = Object.entries(depth.inFlightUntilMs);
    if (depth.visible > 0 || depth.delayedUntilMs.some((untilMs) => untilMs <= nowMs)) return false;
    for (const handle of this.#givenBack) {
      if (!(handle in depth.inFlightUntilMs)) this.#givenBack.delete(handle);
    }
    return waits.every(([handle, untilMs]) => untilMs > nowMs && this.#waitsForClock(handle));
  }

  /** Takes no more messages; what a function is busy with is left to it. */
  async stop(): Promise<void> {
    this.#aborting.abort();
    this.#onFree();
    await this.#running;
  }

  #waitsForClock(receiptHandle: string): boolean {
    if (this.#givenBack.has(receiptHandle)) return true;
    // A batch that is being gathered ends with its window, which a stopped clock keeps open.
    const isStopped = this.#parts.clock.reading.kind === 'stopped';
    return isStopped && this.#reader.gathering.includes(receiptHandle);
  }

  async #run(): Promise<void> {
    while (!this.#aborting.signal.aborted) {
      try {
        if (this.#free === 0) await new Promise<void>((resolve) => (this.#onFree = resolve));
        else this.#handle(await this.#reader.nextBatch());
      } catch {
        // The queue can't be reached: either all is ending, or it will be back.
        if (this.#aborting.signal.aborted) return;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  #handle(batch: readonly Message[]): void {
    const done = this.#parts.activity.begin();
    this.#free--;
    void this.#process(batch)
      // Not deleted, so delivered again: the worst that at-least-once allows.
      .catch(() => {})
      .finally(() => {
        this.#free++;
        this.#onFree();
        done();
      });
  }

  async #process(batch: readonly Message[]): Promise<void> {
    const { plan, pool } = this.#parts;
    const fresh = batch.filter((message) => !this.#isPastRetention(message));
    await this.#delete(batch.filter((message) => !fresh.includes(message)));
    if (fresh.length === 0) return;
    const ids = new Set(fresh.map((message) => message.MessageId ?? ''));
    const outcome = await pool.invoke(sqsEvent(fresh, plan.queue.arn));
    const reported = plan.reportsBatchItemFailures && outcome.ok ? outcome.payload : null;
    const failed = outcome.ok ? failedMessages(reported, ids) : 'all';
    const handled: Message[] = [];
    for (const message of fresh) {
      if (failed === 'all' || failed.has(message.MessageId ?? '')) {
        this.#givenBack.add(message.ReceiptHandle ?? '');
      } else handled.push(message);
    }
    await this.#delete(handled);
  }

  /** fauxqs keeps messages for ever; what SQS would have forgotten must not be delivered. */
  #isPastRetention(message: Message): boolean {
    const sentMs = Number(message.Attributes?.SentTimestamp);
    return this.#parts.clock.nowMs() - sentMs > this.#parts.plan.queue.retentionSeconds * 1000;
  }

  async #delete(messages: readonly Message[]): Promise<void> {
    for (let start = 0; start < messages.length; start += MOST_PER_DELETE) {
      await this.#parts.sqs.send(
        new DeleteMessageBatchCommand({
          QueueUrl: this.#parts.plan.queue.queueUrl,
          Entries: messages
            .slice(start, start + MOST_PER_DELETE)
            .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
        }),
      );
    }
  }
}
