import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import { decode, MalformedMessageError } from './decode.ts';
import type { Log } from './observability.ts';

/** One message as SQS delivered it, at least once. */
export interface Delivery<T> {
  readonly messageId: string;
  readonly message: T;
}

export interface Deliveries<T> {
  readonly decoded: readonly Delivery<T>[];
  /** Messages of a shape nobody sends: delivered again until the dead-letter queue keeps them as evidence. */
  readonly malformed: readonly string[];
}

/** Reads each record by `schema`; a malformed one is set aside and spoils no other. */
export function decodeRecords<S extends z.ZodType>(
  records: readonly SQSRecord[],
  schema: S,
  log: Log,
): Deliveries<z.infer<S>> {
  const decoded: Delivery<z.infer<S>>[] = [];
  const malformed: string[] = [];
  for (const { messageId, body } of records) {
    try {
      decoded.push({ messageId, message: decode(schema, body) });
    } catch (error) {
      if (!(error instanceof MalformedMessageError)) throw error;
      log.error('message_malformed', { messageId, error: error.message });
      malformed.push(messageId);
    }
  }
  return { decoded, malformed };
}

/** The reply that makes SQS deliver exactly these messages again. */
export function deliverAgain(messageIds: readonly string[]): SQSBatchResponse {
  return { batchItemFailures: messageIds.map((itemIdentifier) => ({ itemIdentifier })) };
}
