import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { OWN_SIGNATURE } from '../../../local/cloud/access/credentials.ts';
import { Bucket, shareS3Cloud } from './s3-cloud.ts';

const { running, put, read } = shareS3Cloud();

it.each([
  ['an MD5', { ContentMD5: '1B2M2Y8AsgTpgAmY7PhCfg==' }],
  ['a CRC32', { ChecksumCRC32: 'AAAAAA==' }],
  ['a SHA-256', { ChecksumSHA256: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' }],
])('refuses a body that does not match %s', async (_what, checksum) => {
  await expect(put('checked', 'body', checksum)).rejects.toMatchObject({ name: 'BadDigest' });
  await expect(read('checked')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

it.each([20, 64])('takes %i MB in one PUT and gives them back', async (megabytes) => {
  const body = randomBytes(megabytes * 1_000_000);

  await put('large', body);

  expect((await read('large')).equals(body)).toBe(true);
});

it('takes a stream of known length with its checksum at the end', async () => {
  const body = randomBytes(300_000);

  await running().s3.send(
    new PutObjectCommand({
      Bucket,
      Key: 'streamed',
      Body: Readable.from([body.subarray(0, 99_999), body.subarray(99_999)]),
      ContentLength: body.length,
      ContentEncoding: 'gzip',
    }),
  );

  expect((await read('streamed')).equals(body)).toBe(true);
  const head = await running().s3.send(new HeadObjectCommand({ Bucket, Key: 'streamed' }));
  expect(head.ContentEncoding).toBe('gzip');
});

it.each([
  ['application/json', '{"a": 1}'],
  ['application/x-amz-json-1.0', 'not json'],
  ['application/x-www-form-urlencoded', 'a=1&b=2'],
  ['Video/MP4; codecs="a,b"', 'bytes'],
  ['text/plain', ''],
])('keeps a body of type %s as it came', async (ContentType, body) => {
  const response = await fetch(`${running().cloud.endpoints.s3}/${Bucket}/typed`, {
    method: 'PUT',
    headers: { authorization: OWN_SIGNATURE, 'content-type': ContentType },
    body,
  });

  const object = await running().s3.send(new GetObjectCommand({ Bucket, Key: 'typed' }));

  expect([response.status, object.ContentType]).toEqual([200, ContentType]);
  expect(await object.Body?.transformToString()).toBe(body);
});

it('takes an empty body without a type', async () => {
  const response = await fetch(`${running().cloud.endpoints.s3}/${Bucket}/empty`, {
    method: 'PUT',
    headers: { authorization: OWN_SIGNATURE },
  });

  expect(response.status).toBe(200);
  expect(await read('empty')).toHaveLength(0);
});

it('keeps nothing of an upload that breaks off', async () => {
  const { hostname, port } = new URL(running().cloud.endpoints.s3);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const headers = `Host: x\r\nAuthorization: ${OWN_SIGNATURE}\r\nContent-Length: 100`;
  socket.write(`PUT /${Bucket}/broken HTTP/1.1\r\n${headers}\r\n\r\nonly this`);
  socket.destroy();
  await once(socket, 'close');

  await expect(read('broken')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

it('refuses more in one request than memory has room for', async () => {
  const { hostname, port } = new URL(running().cloud.endpoints.s3);
  const socket = connect(Number(port), hostname);
  const headers = `Host: x\r\nAuthorization: ${OWN_SIGNATURE}\r\nContent-Length: ${2 ** 40}`;
  socket.write(`PUT /${Bucket}/huge HTTP/1.1\r\n${headers}\r\n\r\n`);

  const [answer] = await once(socket, 'data');

  expect(String(answer)).toMatch(/^HTTP\/1.1 400 [\s\S]*<Code>EntityTooLarge<\/Code>/);
  socket.destroy();
});

it('outlives a client of the table that breaks off', async () => {
  const { hostname, port } = new URL(running().cloud.endpoints.dynamodb);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"only": ');
  socket.resetAndDestroy();
  await once(socket, 'close');

  const { TableNames } = await running().dynamoDb.send(new ListTablesCommand());
  expect(TableNames).toEqual([]);
});
