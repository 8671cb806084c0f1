import type { S3Event, S3EventBridgeEvent } from '../../shared/messages.ts';
import type { Upload } from '../../shared/video.ts';

/**
 * Digits that S3's sequencers are padded to, so that they compare as text. They may differ in length,
 * and the shorter is padded on the right:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
const SEQUENCER_DIGITS = 32;

/**
 * The uploads that an event names, from S3 itself or by way of EventBridge; one about anything but a
 * created object yields none.
 */
export function readUploads(event: S3Event | S3EventBridgeEvent): Upload[] {
  return 'Records' in event ? readRecords(event) : readDetail(event);
}

/** S3 URL-encodes keys here, with `+` for a space. */
function readRecords({ Records }: S3Event): Upload[] {
  return Records.filter(({ eventName }) => /^(s3:)?ObjectCreated:/.test(eventName)).map(
    ({ eventTime, s3: { bucket, object } }) => ({
      bucket: bucket.name,
      key: decodeURIComponent(object.key.replaceAll('+', ' ')),
      etag: object.eTag ?? '',
      sequencer: comparable(object.sequencer),
      ...(object.versionId && { versionId: object.versionId }),
      sizeBytes: object.size ?? 0,
      uploadedAt: eventTime,
    }),
  );
}

function readDetail(event: S3EventBridgeEvent): Upload[] {
  if (event['detail-type'] !== 'Object Created') return [];
  const { bucket, object } = event.detail;
  const versionId = object['version-id'];
  return [
    {
      bucket: bucket.name,
      key: object.key,
      etag: object.etag ?? '',
      sequencer: comparable(object.sequencer),
      ...(versionId && { versionId }),
      sizeBytes: object.size ?? 0,
      uploadedAt: event.time,
    },
  ];
}

function comparable(sequencer = ''): string {
  return sequencer.toUpperCase().padEnd(SEQUENCER_DIGITS, '0');
}
