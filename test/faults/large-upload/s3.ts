/**
 * A process that answers as S3 would for one generated object, under any name: HEAD, and GET with
 * `Range` and `If-Match`. Its parent tells it what the object is, and asks how much of it was read.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { serveRequests } from '../../../local/cloud/emulators/serve-requests.ts';
import { generatedObject } from './object.ts';

/** What the parent says of the object. */
export interface ObjectWish {
  readonly sizeBytes: number;
  readonly seed: number;
}

let object = generatedObject(2 ** 33, 0);
let bytesServed = 0;
const server = createServer((request, response) => {
  // Whoever reads may be killed on the way.
  answer(request, response).catch(() => response.destroy());
});

serveRequests({
  listen: async ({ sizeBytes, seed }: ObjectWish): Promise<string> => {
    object = generatedObject(sizeBytes, seed);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
  'bytes-served': () => bytesServed,
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, headers } = request;
  if (method !== 'HEAD' && method !== 'GET') return refuse(response, 405, 'MethodNotAllowed');
  const wanted = headers['if-match'];
  if (wanted !== undefined && wanted !== `"${object.etag}"`) {
    return refuse(response, 412, 'PreconditionFailed');
  }
  const range = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? 'bytes=0-');
  const [, first = '', last] = range ?? [];
  const start = Number(first);
  const end = Math.min(object.sizeBytes, last ? Number(last) + 1 : object.sizeBytes);
  if (!range || start >= end) return refuse(response, 416, 'InvalidRange');
  response.writeHead(headers.range ? 206 : 200, {
    etag: `"${object.etag}"`,
    'accept-ranges': 'bytes',
    'content-type': 'video/mp4',
    'content-length': end - start,
    ...(headers.range && { 'content-range': `bytes ${start}-${end - 1}/${object.sizeBytes}` }),
  });
  if (method === 'HEAD') response.end();
  else await pipeline(Readable.from(counted(object.read(start, end))), response);
}

function* counted(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const piece of pieces) {
    bytesServed += piece.length;
    yield piece;
  }
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`);
}
