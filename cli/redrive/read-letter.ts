import type * as z from 'zod';
import { readUploads } from '../../functions/accept-upload/read-uploads.ts';
import { decode, MalformedMessageError } from '../../shared/decode.ts';
import {
  type BatchChanged,
  changedBatchesMessage,
  type RowDue,
  rowDue,
  scheduledUploadsMessage,
  uploadsMessage,
} from '../../shared/messages.ts';
import type { Upload } from '../../shared/video.ts';
import type { QueueName } from '../doctor/queues.ts';

/** What a letter is about. */
export type Subject =
  | { readonly kind: 'row'; readonly message: RowDue }
  | { readonly kind: 'upload'; readonly upload: Upload }
  | { readonly kind: 'batch'; readonly message: BatchChanged }
  /** A word to look what is due, and which that is the table says. */
  | { readonly kind: 'round' }
  /** Told by S3 when the notification was set up, or of what is no upload. */
  | { readonly kind: 'nothing' };

/** A letter as its consumer reads it. */
export type Reading =
  | { readonly subjects: readonly Subject[] }
  | { readonly unreadableBecause: string };

/** What each consumer decodes its messages by; submit-batches reads none of them. */
const schemas = {
  Uploads: uploadsMessage,
  ScheduledUploads: scheduledUploadsMessage,
  LargeUploads: rowDue,
  RegisteredAssets: rowDue,
  QueuedAnalyses: undefined,
  ChangedBatches: changedBatchesMessage,
} as const satisfies Record<QueueName, z.ZodType | undefined>;

/** What a letter is about, or why its consumer can't have read it. */
export function readLetter(queue: QueueName, body: string): Reading {
  const schema = schemas[queue];
  if (!schema) return { subjects: [{ kind: 'round' }] };
  try {
    return { subjects: subjectsOf(decode(schema, body)) };
  } catch (error) {
    if (error instanceof MalformedMessageError) return { unreadableBecause: error.message };
    if (error instanceof URIError) return { unreadableBecause: 'its S3 key is not URL-encoded' };
    throw error;
  }
}

function subjectsOf(message: z.infer<NonNullable<(typeof schemas)[QueueName]>>): Subject[] {
  if ('pk' in message) return [{ kind: 'row', message }];
  if ('round' in message) return [{ kind: 'round' }];
  if ('providerBatchId' in message) return [{ kind: 'batch', message }];
  const uploads = 'Records' in message || 'detail' in message ? readUploads(message) : [];
  if (uploads.length === 0) return [{ kind: 'nothing' }];
  return uploads.map((upload) => ({ kind: 'upload', upload }));
}
