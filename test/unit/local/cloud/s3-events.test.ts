import { expect, it } from 'vitest';
import { encodeKey, wants } from '../../../../local/cloud/emulators/s3/s3-events.ts';

it.each([
  ['plain/path.mp4', 'plain/path.mp4'],
  ['a b', 'a+b'],
  ['a+b', 'a%2Bb'],
  ['100%', '100%25'],
  ["it's (1)!*~.mp4", 'it%27s+%281%29%21*%7E.mp4'],
  ['ü🎬', '%C3%BC%F0%9F%8E%AC'],
])('writes the key %j as S3 does, so that a function gets it back', (key, encoded) => {
  expect(encodeKey(key)).toBe(encoded);
  expect(decodeURIComponent(encoded.replaceAll('+', ' '))).toBe(key);
});

const notification = {
  id: 'n',
  queueName: 'q',
  event: 's3:ObjectCreated:*',
  prefix: '',
  suffix: '',
};
const change = {
  eventName: 'ObjectCreated:Put',
  bucket: 'b',
  key: 'videos/clip.mp4',
  sourceIpAddress: '127.0.0.1',
};

it.each([
  [{}, true],
  [{ event: 's3:ObjectCreated:Put' }, true],
  [{ event: 's3:ObjectCreated:Copy' }, false],
  [{ event: 's3:ObjectRemoved:*' }, false],
  [{ prefix: 'videos/' }, true],
  [{ prefix: 'video/' }, false],
  [{ suffix: '.mp4' }, true],
  [{ suffix: '.mov' }, false],
  [{ prefix: 'videos/', suffix: '.mov' }, false],
])('a notification with %j wants the change: %s', (more, wanted) => {
  expect(wants({ ...notification, ...more }, change)).toBe(wanted);
});
