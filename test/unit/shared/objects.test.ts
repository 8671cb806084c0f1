import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { createObjects, ObjectLostError, sameObject } from '../../../shared/objects.ts';
import { type Answering, answer, startServer } from '../../support/recording-server.ts';

const object = { bucket: 'uploads', key: 'a b/é.mp4', etag: 'abc', versionId: 'v 1' };

async function start(answering: Answering) {
  const { url, requests } = await startServer(answering);
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: url,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return { objects: createObjects(client), requests, url };
}

const error = (code: string) => `<Error><Code>${code}</Code><Message>words</Message></Error>`;

describe('bytes are read', () => {
  it('of the very version that was uploaded, and only the range', async () => {
    const { objects, requests } = await start(answer(206, 'hello'));
    expect(Buffer.from(await objects.readRange(object, 5, 10)).toString()).toBe('hello');
    expect(requests).toMatchObject([
      {
        method: 'GET',
        path: '/uploads/a%20b/%C3%A9.mp4?versionId=v%201&x-id=GetObject',
        headers: { range: 'bytes=5-9', 'if-match': '"abc"' },
      },
    ]);
  });

  it('whole without a range', async () => {
    const { objects, requests } = await start(answer(200, 'hello'));
    const { versionId, ...unversioned } = object;
    const pieces = await Array.fromAsync(await objects.openStream(unversioned));
    expect(Buffer.concat(pieces).toString()).toBe('hello');
    expect(requests[0]?.headers).not.toHaveProperty('range');
    expect(requests[0]?.path).not.toContain('versionId');
  });

  it.each([
    [404, 'NoSuchKey', 'object_gone'],
    [404, 'NoSuchVersion', 'object_gone'],
    [412, 'PreconditionFailed', 'object_replaced'],
    [416, 'InvalidRange', 'object_replaced'],
  ])('unless S3 says %d %s: then they are lost, as %s', async (status, code, reason) => {
    const { objects } = await start(answer(status, error(code)));
    const lost = await objects.readRange(object, 0, 5).catch((thrown: unknown) => thrown);
    expect(lost).toBeInstanceOf(ObjectLostError);
    expect(lost).toMatchObject({ code: reason, reason: { code: reason } });
  });

  it.each([
    [403, 'AccessDenied'],
    [404, 'NoSuchBucket'],
    [503, 'SlowDown'],
  ])('unless S3 says %d %s, which says nothing of them', async (status, code) => {
    const { objects } = await start(answer(status, error(code)));
    const failed = await objects.readRange(object, 0, 5).catch((thrown: unknown) => thrown);
    expect(failed).not.toBeInstanceOf(ObjectLostError);
    expect(failed).toMatchObject({ name: code });
  });
});

describe('what is under a key now', () => {
  it('has a size and an ETag without quotes', async () => {
    const { objects, requests } = await start((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-length': '1234', etag: '"abc-2"' }).end();
    });
    expect(await objects.head('uploads', 'a.mp4')).toEqual({ sizeBytes: 1_234, etag: 'abc-2' });
    expect(requests[0]).toMatchObject({ method: 'HEAD', path: '/uploads/a.mp4' });
  });

  it('may be nothing', async () => {
    const { objects } = await start(answer(404));
    expect(await objects.head('uploads', 'a.mp4')).toBeUndefined();
  });

  it('is not known when we may not look', async () => {
    const { objects } = await start(answer(403));
    await expect(objects.head('uploads', 'a.mp4')).rejects.toThrow();
  });
});

describe('what was uploaded', () => {
  const found = { sizeBytes: 5, etag: 'abc' };

  it('is under its key still', () => expect(sameObject(found, 'abc')).toBe(found));

  it.each([
    ['gone', undefined, 'object_gone'],
    ['replaced', { ...found, etag: 'def' }, 'object_replaced'],
  ])('is %s', (_, now, code) => {
    expect(() => sameObject(now, 'abc')).toThrow(expect.objectContaining({ code }));
  });
});

it('makes URLs for the version, without what a plain GET would not send', async () => {
  const { objects, requests } = await start(answer(200));
  const url = new URL(await objects.presign(object, 3_600));
  expect(url.pathname).toBe('/uploads/a%20b/%C3%A9.mp4');
  expect(url.searchParams.get('versionId')).toBe('v 1');
  expect(url.searchParams.get('X-Amz-Expires')).toBe('3600');
  expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('host');
  expect(url.searchParams.has('x-amz-checksum-mode')).toBe(false);
  expect(requests).toEqual([]);
});
