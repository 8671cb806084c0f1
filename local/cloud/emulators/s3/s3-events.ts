/** A bucket's wish to be heard: which events of which keys go to which queue. */
export interface QueueNotification {
  readonly id: string;
  readonly queueName: string;
  /** As in the template: `s3:ObjectCreated:*`. */
  readonly event: string;
  readonly prefix: string;
  readonly suffix: string;
}

/** What happened to an object. */
export interface ObjectChange {
  /** As in the record, without `s3:`: `ObjectCreated:Put`. */
  readonly eventName: string;
  readonly bucket: string;
  readonly key: string;
  /** Absent when the object is gone. */
  readonly object?: { readonly size: number; readonly eTag: string };
  readonly sourceIpAddress: string;
}

const OWNER = { principalId: 'LOCAL' };
let lastSequence = 0n;

/** Whether a notification wants to hear of a change. */
export function wants(notification: QueueNotification, change: ObjectChange): boolean {
  const event = notification.event.replace(/^s3:/, '');
  const matches = event.endsWith('*')
    ? change.eventName.startsWith(event.slice(0, -1))
    : change.eventName === event;
  return (
    matches &&
    change.key.startsWith(notification.prefix) &&
    change.key.endsWith(notification.suffix)
  );
}

/** The message that S3 sends about a change. */
export function eventMessage(change: ObjectChange, configurationId: string, sequencer: string) {
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: 'us-east-1',
        eventTime: new Date().toISOString(),
        eventName: change.eventName,
        userIdentity: OWNER,
        requestParameters: { sourceIPAddress: change.sourceIpAddress },
        responseElements: { 'x-amz-request-id': 'LOCAL', 'x-amz-id-2': 'LOCAL' },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId,
          bucket: {
            name: change.bucket,
            ownerIdentity: OWNER,
            arn: `arn:aws:s3:::${change.bucket}`,
          },
          object: { key: encodeKey(change.key), ...change.object, sequencer },
        },
      },
    ],
  };
}

/** The message that S3 sends once to every queue that a bucket begins to notify. */
export function testMessage(bucket: string) {
  return {
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: new Date().toISOString(),
    Bucket: bucket,
    RequestId: 'LOCAL',
    HostId: 'LOCAL',
  };
}

/** Hexadecimal, of one length, and greater than any before it, even while the clock stands still. */
export function nextSequencer(): string {
  const byClock = BigInt(Math.floor(Date.now())) << 16n;
  lastSequence = byClock > lastSequence ? byClock : lastSequence + 1n;
  return lastSequence.toString(16).toUpperCase().padStart(18, '0');
}

/** As S3 writes keys into events: form encoding, a `+` for a space, slashes left alone. */
export function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/');
}
