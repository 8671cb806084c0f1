import type { S3Event } from '../../shared/messages.ts';
import type { Upload } from '../../shared/video.ts';

/**
 * Digits that S3's sequencers are padded to, so that they compare as text. They may differ in length,
 * and the shorter is padded on the right:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
const SEQUENCER_DIGITS = 32;

/**
 * The uploads that an S3 event names. Keys are decoded (URL-encoded, `+` for a space); an event about
 * anything but a created object yields none.
 */
export function readUploads(event: S3Event): Upload[] {
  return event.Records.filter(({ eventName }) => /^(s3:)?ObjectCreated:/.test(eventName)).map(
    ({ eventTime, s3: { bucket, object } }) => ({
      bucket: bucket.name,
      key: decodeURIComponent(object.key.replaceAll('+', ' ')),
      etag: object.eTag ?? '',
      sequencer: (object.sequencer ?? '').toUpperCase().padEnd(SEQUENCER_DIGITS, '0'),
      ...(object.versionId && { versionId: object.versionId }),
      sizeBytes: object.size ?? 0,
      uploadedAt: eventTime,
    }),
  );
}
