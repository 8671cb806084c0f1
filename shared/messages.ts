import * as z from 'zod';

/** On every stage's queue: the row is yours to move, if it still is at this revision. */
export const rowDue = z.object({ pk: z.string(), sk: z.string(), revision: z.int() });
export type RowDue = z.infer<typeof rowDue>;

/** On `scheduled-uploads` and `queued-analyses`: something may be ready to go; which, the table says. */
export const roundDue = z.object({ round: z.literal('due') });
export type RoundDue = z.infer<typeof roundDue>;

/** On `changed-batches`, from the webhook: the provider's batch had changed when this came; go and look. */
export const batchChanged = z.object({
  providerBatchId: z.string(),
  receivedAt: z.iso.datetime(),
});
export type BatchChanged = z.infer<typeof batchChanged>;

/**
 * On `uploads`, from S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 * Keys come URL-encoded with `+` for a space. Other fields are of no use here.
 */
export const s3Event = z.object({
  Records: z.array(
    z.object({
      eventName: z.string(),
      eventTime: z.iso.datetime(),
      s3: z.object({
        bucket: z.object({ name: z.string() }),
        object: z.object({
          key: z.string(),
          size: z.int().optional(),
          eTag: z.string().optional(),
          sequencer: z.string().optional(),
          versionId: z.string().optional(),
        }),
      }),
    }),
  ),
});
export type S3Event = z.infer<typeof s3Event>;

/**
 * On `uploads`, from a bucket that was there before: S3's events by way of EventBridge, whose keys are as
 * they are. https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export const s3EventBridgeEvent = z.object({
  source: z.literal('aws.s3'),
  'detail-type': z.string(),
  time: z.iso.datetime(),
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({
      key: z.string(),
      size: z.int().optional(),
      etag: z.string().optional(),
      sequencer: z.string().optional(),
      'version-id': z.string().optional(),
    }),
  }),
});
export type S3EventBridgeEvent = z.infer<typeof s3EventBridgeEvent>;

/** S3 sends this once when the notification is set up. */
export const s3TestEvent = z.object({ Event: z.literal('s3:TestEvent') });

/** What arrives on each queue. */
export const uploadsMessage = z.union([s3Event, rowDue, s3EventBridgeEvent, s3TestEvent]);
export type UploadsMessage = z.infer<typeof uploadsMessage>;
export const scheduledUploadsMessage = z.union([rowDue, roundDue]);
export type ScheduledUploadsMessage = z.infer<typeof scheduledUploadsMessage>;
export const changedBatchesMessage = z.union([rowDue, batchChanged]);
export type ChangedBatchesMessage = z.infer<typeof changedBatchesMessage>;
