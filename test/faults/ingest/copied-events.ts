import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import type { SeededDice } from '../seeded-dice.ts';
import type { IngestPipeline } from './ingest-pipeline.ts';

/** As much of a record of an S3 event as tells it apart. */
interface S3Record {
  readonly s3?: { readonly object: { readonly key: string; readonly eTag: string } };
}

const MESSAGES_PER_CALL = 10;
const CALLS_AT_ONCE = 8;
/** Messages that hold more than one record. */
const FULL_SHARE = 0.3;
const MOST_RECORDS = 5;

/**
 * Delivers the events of uploads again and again: true copies, with the sequencer that the first
 * delivery had, many of them while that is being handled and the others in any order.
 */
export class CopiedEvents {
  readonly #ingest: IngestPipeline;
  readonly #dice: SeededDice;
  readonly #copiesAfterSeconds: (key: string, etag: string) => readonly number[];
  readonly #heard = new Set<string>();
  /** By the second at which they are due. */
  readonly #waiting = new Map<number, S3Record[]>();
  #sending: Promise<unknown> = Promise.resolve();
  #isSendingSoon = false;
  /** Records that the queue gave to its function, every delivery counted. */
  receivedRecords = 0;
  sentRecords = 0;
  sentMessages = 0;

  constructor(
    ingest: IngestPipeline,
    dice: SeededDice,
    copiesAfterSeconds: (key: string, etag: string) => readonly number[],
  ) {
    this.#ingest = ingest;
    this.#dice = dice;
    this.#copiesAfterSeconds = copiesAfterSeconds;
  }

  /** Notes what a message of the queue holds; of an event that is new, copies are sent from now on. */
  hear(body: string): void {
    const { Records: records = [] } = JSON.parse(body) as { Records?: readonly S3Record[] };
    this.receivedRecords += records.length;
    for (const record of records) if (record.s3) this.#hearOf(record, record.s3.object);
  }

  /** Sends what has come due; says whether anything was sent since it was last asked. */
  async send(): Promise<boolean> {
    const before = this.sentMessages;
    this.#sendSoon();
    await this.#sending;
    return this.sentMessages > before;
  }

  /** Whether copies are still to come. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  #hearOf(record: S3Record, { key, eTag }: { readonly key: string; readonly eTag: string }): void {
    const upload = `${key} ${eTag}`;
    if (this.#heard.has(upload)) return;
    this.#heard.add(upload);
    const now = this.#ingest.seconds();
    const plainKey = decodeURIComponent(key.replaceAll('+', ' '));
    for (const after of this.#copiesAfterSeconds(plainKey, eTag)) {
      const due = this.#waiting.get(now + after) ?? [];
      this.#waiting.set(now + after, [...due, record]);
      if (after === 0) this.#sendSoon();
    }
  }

  /** What is heard of in one go is sent in one go. */
  #sendSoon(): void {
    if (this.#isSendingSoon) return;
    this.#isSendingSoon = true;
    const before = this.#sending;
    this.#sending = new Promise((resolve) => setImmediate(resolve)).then(async () => {
      this.#isSendingSoon = false;
      await Promise.all([before, this.#sendDue()]);
    });
    // Whoever sends next is told.
    this.#sending.catch(() => {});
  }

  async #sendDue(): Promise<void> {
    const now = this.#ingest.seconds();
    const due = [...this.#waiting].filter(([second]) => second <= now);
    for (const [second] of due) this.#waiting.delete(second);
    const records = due.flatMap(([, some]) => some);
    if (records.length === 0) return;
    const messages = this.#grouped(this.#dice.shuffled(records, 'order', now, this.sentRecords));
    this.sentRecords += records.length;
    this.sentMessages += messages.length;
    const calls: string[][] = [];
    while (messages.length > 0) calls.push(messages.splice(0, MESSAGES_PER_CALL));
    const { pipeline, uploadsQueueUrl: QueueUrl } = this.#ingest;
    const sendOne = async (bodies: readonly string[]) => {
      const Entries = bodies.map((MessageBody, at) => ({ Id: String(at), MessageBody }));
      const { Failed: failed = [] } = await pipeline.sqs.send(
        new SendMessageBatchCommand({ QueueUrl, Entries }),
      );
      if (failed.length > 0) throw new Error(`copies were not sent: ${failed[0]?.Message}`);
    };
    await pMap(calls, sendOne, { concurrency: CALLS_AT_ONCE });
  }

  /** Bodies of messages with one record or several. */
  #grouped(records: readonly S3Record[]): string[] {
    const bodies: string[] = [];
    for (let start = 0; start < records.length; ) {
      const isFull = this.#dice.fraction('full', this.sentRecords + start) < FULL_SHARE;
      const count = isFull
        ? this.#dice.whole(2, MOST_RECORDS, 'records', this.sentRecords + start)
        : 1;
      bodies.push(JSON.stringify({ Records: records.slice(start, start + count) }));
      start += count;
    }
    return bodies;
  }
}
