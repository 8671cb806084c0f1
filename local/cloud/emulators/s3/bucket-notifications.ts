import type { FastifyInstance } from 'fastify';
import { OWN_SIGNATURE } from '../../access/credentials.ts';
import {
  eventMessage,
  nextSequencer,
  type ObjectChange,
  type QueueNotification,
  testMessage,
  wants,
} from './s3-events.ts';

/** Tells queues of what happens in buckets, as the buckets are configured. */
export class BucketNotifications {
  readonly #app: FastifyInstance;
  readonly #byBucket = new Map<string, readonly QueueNotification[]>();

  constructor(app: FastifyInstance) {
    this.#app = app;
  }

  /** Begins to notify; each queue first gets the test event that S3 sends. */
  async configure(bucket: string, notifications: readonly QueueNotification[]): Promise<void> {
    this.#byBucket.set(bucket, notifications);
    for (const queueName of new Set(notifications.map((notification) => notification.queueName))) {
      await this.#send(queueName, testMessage(bucket));
    }
  }

  /** Whether anyone wants to hear of a bucket at all. */
  has(bucket: string): boolean {
    return (this.#byBucket.get(bucket)?.length ?? 0) > 0;
  }

  /** Sends the change to every queue that wants it; resolves when the messages are there. */
  async announce(change: ObjectChange): Promise<void> {
    const sequencer = nextSequencer();
    for (const notification of this.#byBucket.get(change.bucket) ?? []) {
      if (!wants(notification, change)) continue;
      await this.#send(notification.queueName, eventMessage(change, notification.id, sequencer));
    }
  }

  async #send(queueName: string, message: unknown): Promise<void> {
    const reply = await this.#app.inject({
      method: 'POST',
      url: '/',
      headers: {
        authorization: OWN_SIGNATURE,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonSQS.SendMessage',
      },
      payload: JSON.stringify({
        QueueUrl: `http://127.0.0.1/000000000000/${queueName}`,
        MessageBody: JSON.stringify(message),
      }),
    });
    if (reply.statusCode !== 200) {
      throw new Error(`the event for the queue ${queueName} was refused: ${reply.body}`);
    }
  }
}
