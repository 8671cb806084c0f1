import { describe, expect, it } from 'vitest';
import { readUploads } from '../../../../functions/accept-upload/read-uploads.ts';
import { s3Event, s3EventBridgeEvent, uploadsMessage } from '../../../../shared/messages.ts';

describe('the uploads of an event', () => {
  it('are read from the event as S3 documents it', () => {
    expect(readUploads(s3Event.parse({ Records: [record()] }))).toEqual([
      {
        bucket: 'uploads',
        key: 'football/goals.mp4',
        etag: 'd41d8cd98f00b204e9800998ecf8427e',
        sequencer: '0055AED6DCD90281E500000000000000',
        sizeBytes: 1_024,
        uploadedAt: '2026-10-01T00:00:00.000Z',
      },
    ]);
  });

  it('are all of them, in their order', () => {
    const event = { Records: [record({ key: 'a' }), record({ key: 'b' }), record({ key: 'a' })] };
    expect(readUploads(event).map(({ key }) => key)).toEqual(['a', 'b', 'a']);
  });

  it('are none when the event holds none', () => {
    expect(readUploads({ Records: [] })).toEqual([]);
  });
});

describe('a key', () => {
  it.each([
    ['red+flower.mp4', 'red flower.mp4'],
    ['red%2Bflower.mp4', 'red+flower.mp4'],
    ['red%20flower.mp4', 'red flower.mp4'],
    ['K%C3%B6ln/%E6%9D%B1%E4%BA%AC+%E2%80%93+matin%C3%A9e.mp4', 'Köln/東京 – matinée.mp4'],
    ['%F0%9F%8E%AC.mp4', '🎬.mp4'],
    ['100%25.mp4', '100%.mp4'],
    ['a%252Bb.mp4', 'a%2Bb.mp4'],
    ['a%0Ab.mp4', 'a\nb.mp4'],
    ['../%3Fa%23b%26c.mp4', '../?a#b&c.mp4'],
  ])('%s is decoded to %j', (encoded, key) => {
    expect(readUploads({ Records: [record({ key: encoded })] })).toMatchObject([{ key }]);
  });

  it('that is no URL encoding spoils the message: it ends in the dead-letter queue', () => {
    expect(() => readUploads({ Records: [record({ key: '100%.mp4' })] })).toThrow(URIError);
  });
});

describe('an event named', () => {
  it.each([
    ['ObjectCreated:Put', 1],
    ['ObjectCreated:Post', 1],
    ['ObjectCreated:Copy', 1],
    ['ObjectCreated:CompleteMultipartUpload', 1],
    ['s3:ObjectCreated:Put', 1],
    ['ObjectRemoved:Delete', 0],
    ['ObjectTagging:Put', 0],
    ['ObjectRestore:Completed', 0],
    ['s3:ReducedRedundancyLostObject', 0],
    ['NotObjectCreated:Put', 0],
  ])('%s yields %d uploads', (eventName, count) => {
    expect(readUploads({ Records: [{ ...record(), eventName }] })).toHaveLength(count);
  });
});

describe('a sequencer', () => {
  // In the order S3 made them, by its rule: pad the shorter one on the right, then compare as text.
  it.each([
    ['0055AED6DCD90281E5', '0055AED6DCD90281E6'],
    ['0055AED6DCD90281E5', '0055AED6DCD90281E501'],
    ['0055AED6DCD90281E501', '0055AED6DCD90281E6'],
    ['0055aed6dcd90281e5', '0055AED6DCD90281E6'],
    ['', `${'00'.repeat(8)}01`],
  ])('%j comes before %j when they are compared as text', (earlier, later) => {
    const [first, second] = readUploads({
      Records: [record({ sequencer: earlier }), record({ sequencer: later })],
    });
    expect(first?.sequencer.length).toBe(second?.sequencer.length);
    expect((first?.sequencer ?? '') < (second?.sequencer ?? '')).toBe(true);
  });
});

it('reads what S3 may leave out as nothing', () => {
  const { eventName, eventTime, s3 } = record();
  const bare = { eventName, eventTime, s3: { bucket: s3.bucket, object: { key: 'a' } } };
  expect(readUploads(s3Event.parse({ Records: [bare] }))).toMatchObject([
    { etag: '', sequencer: '0'.repeat(32), sizeBytes: 0 },
  ]);
});

describe('an event that came by way of EventBridge', () => {
  it('names the same upload as the one that S3 sends itself', () => {
    const key = 'Köln + 100% – a%20b.mp4';
    const encoded = encodeURIComponent(key).replaceAll('%20', '+');
    const bridged = s3EventBridgeEvent.parse(bridgedEvent({ key }));
    expect(readUploads(bridged)).toEqual(readUploads({ Records: [record({ key: encoded })] }));
  });

  it('names its version, where the bucket has versions', () => {
    const event = s3EventBridgeEvent.parse(bridgedEvent({ 'version-id': 'v1' }));
    expect(readUploads(event)).toMatchObject([{ versionId: 'v1' }]);
  });

  it('about anything but a created object names none', () => {
    const event = { ...bridgedEvent({}), 'detail-type': 'Object Deleted' };
    expect(readUploads(s3EventBridgeEvent.parse(event))).toEqual([]);
  });

  it('is told apart from every other message', () => {
    const event = bridgedEvent({});
    expect(uploadsMessage.parse(event)).toEqual(s3EventBridgeEvent.parse(event));
    expect(uploadsMessage.safeParse({ ...event, source: 'aws.ec2' }).success).toBe(false);
  });
});

function bridgedEvent(object: Record<string, string>) {
  return {
    version: '0',
    id: '17793124-05d4-b198-2fde-7ededc63b103',
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: '111122223333',
    time: '2026-10-01T00:00:00.000Z',
    region: 'eu-west-1',
    resources: ['arn:aws:s3:::uploads'],
    detail: {
      version: '0',
      bucket: { name: 'uploads' },
      object: {
        key: 'football/goals.mp4',
        size: 1_024,
        etag: 'd41d8cd98f00b204e9800998ecf8427e',
        sequencer: '0055AED6DCD90281E5',
        ...object,
      },
      reason: 'PutObject',
    },
  };
}

function record(object: { readonly key?: string; readonly sequencer?: string } = {}) {
  return {
    eventName: 'ObjectCreated:Put',
    eventTime: '2026-10-01T00:00:00.000Z',
    s3: {
      bucket: { name: 'uploads' },
      object: {
        key: 'football/goals.mp4',
        size: 1_024,
        eTag: 'd41d8cd98f00b204e9800998ecf8427e',
        sequencer: '0055AED6DCD90281E5',
        ...object,
      },
    },
  };
}
