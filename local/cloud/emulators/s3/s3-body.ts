import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import { S3Refusal } from './s3-refusal.ts';

/**
 * The most that one request may carry. S3 itself takes 5 GiB in one PUT; objects here live in
 * memory, so 1 GiB it is: larger ones travel in parts, as with S3.
 */
export const MAX_BODY_BYTES = 1024 ** 3;

const CHECKSUMS: Readonly<Record<string, (body: Buffer) => string>> = {
  'content-md5': (body) => createHash('md5').update(body).digest('base64'),
  'x-amz-checksum-sha1': (body) => createHash('sha1').update(body).digest('base64'),
  'x-amz-checksum-sha256': (body) => createHash('sha256').update(body).digest('base64'),
  'x-amz-checksum-crc32': (body) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(body));
    return bytes.toString('base64');
  },
};

/** Reads a request's body whole; refuses one above the limit or cut short. */
export async function readBody(
  source: AsyncIterable<Buffer>,
  declaredBytes: number,
): Promise<Buffer> {
  if (declaredBytes > MAX_BODY_BYTES) throw tooLarge();
  // Into place when the length is known: a large upload then needs its size once, not twice.
  const whole = Number.isNaN(declaredBytes) ? undefined : Buffer.allocUnsafe(declaredBytes);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    if (bytes + chunk.length > MAX_BODY_BYTES) throw tooLarge();
    if (whole) chunk.copy(whole, bytes);
    else chunks.push(chunk);
    bytes += chunk.length;
  }
  if (whole && bytes !== whole.length) {
    throw new S3Refusal(400, 'IncompleteBody', `${whole.length} bytes declared, ${bytes} received`);
  }
  return whole ?? Buffer.concat(chunks);
}

/** Unwraps `aws-chunked` in place of fauxqs, which would keep the wrapping's other encodings away. */
export function unwrapChunks(headers: IncomingHttpHeaders, body: Buffer): Buffer {
  const encodings = (headers['content-encoding'] ?? '').split(',').map((name) => name.trim());
  if (!encodings.includes('aws-chunked')) return body;
  const others = encodings.filter((name) => name !== 'aws-chunked' && name !== '');
  if (others.length > 0) headers['content-encoding'] = others.join(',');
  else delete headers['content-encoding'];

  const chunks: Buffer[] = [];
  let offset = 0;
  for (;;) {
    const lineEnd = body.indexOf('\r\n', offset);
    const size =
      lineEnd < 0 ? Number.NaN : Number.parseInt(body.toString('latin1', offset, lineEnd), 16);
    if (Number.isNaN(size) || lineEnd + 2 + size > body.length) {
      throw new S3Refusal(400, 'IncompleteBody', 'the chunked body is cut short');
    }
    offset = lineEnd + 2;
    if (size === 0) break;
    chunks.push(body.subarray(offset, offset + size));
    offset += size + 2;
  }
  for (const line of body.toString('latin1', offset).split('\r\n')) {
    const [name = '', value] = line.split(/:(.*)/, 2);
    if (value !== undefined) headers[name.trim().toLowerCase()] = value.trim();
  }
  return Buffer.concat(chunks);
}

/** Refuses a body that is not what the client says it sent. CRC32C and CRC64NVME are believed. */
export function verifyChecksums(headers: IncomingHttpHeaders, body: Buffer): void {
  for (const [header, checksum] of Object.entries(CHECKSUMS)) {
    const expected = headers[header];
    if (expected !== undefined && expected !== checksum(body)) {
      throw new S3Refusal(400, 'BadDigest', `${header} does not match the body that was received`);
    }
  }
}

function tooLarge(): S3Refusal {
  return new S3Refusal(
    400,
    'EntityTooLarge',
    `the local S3 takes at most ${MAX_BODY_BYTES} bytes in one request; send parts`,
  );
}
