import type { FastifyRequest } from 'fastify';
import { notImplemented, S3Refusal } from './s3-refusal.ts';

/** One request to S3, as far as the guards need to know it. */
export interface S3Request {
  readonly operation: string;
  readonly bucket: string;
  /** Decoded; empty for operations on a bucket or on the service. */
  readonly key: string;
}

type Level = 'service' | 'bucket' | 'object';
type Rule = readonly [method: string, level: Level, subResources: string, operation: string];

// What fauxqs truly does. Anything else falls through its routes to PutObject, CreateBucket or
// ListObjects and answers 200: data lost, or a setting believed to be made.
const RULES: readonly Rule[] = [
  ['GET', 'service', '', 'ListBuckets'],
  ['PUT', 'bucket', '', 'CreateBucket'],
  ['HEAD', 'bucket', '', 'HeadBucket'],
  ['DELETE', 'bucket', '', 'DeleteBucket'],
  ['GET', 'bucket', '', 'ListObjects'],
  ['POST', 'bucket', 'delete', 'DeleteObjects'],
  ['POST', 'bucket', '', 'PostObject'],
  ['PUT', 'object', '', 'PutObject'],
  ['PUT', 'object', 'partNumber,uploadId', 'UploadPart'],
  ['GET', 'object', '', 'GetObject'],
  ['GET', 'object', 'partNumber', 'GetObject'],
  ['GET', 'object', 'attributes', 'GetObjectAttributes'],
  ['HEAD', 'object', '', 'HeadObject'],
  ['DELETE', 'object', '', 'DeleteObject'],
  ['DELETE', 'object', 'uploadId', 'AbortMultipartUpload'],
  ['POST', 'object', 'uploads', 'CreateMultipartUpload'],
  ['POST', 'object', 'uploadId', 'CompleteMultipartUpload'],
];

/** Query parameters that select nothing: signatures, and how to answer. */
const NEUTRAL = /^(x-amz-.*|x-id|awsaccesskeyid|signature|expires|response-.*)$/i;
const LISTING =
  /^(list-type|prefix|delimiter|max-keys|marker|start-after|continuation-token|encoding-type|fetch-owner)$/;

const UNSUPPORTED_HEADERS =
  /^x-amz-(tagging|grant-.*|object-lock-.*|website-redirect-location|write-offset-bytes|copy-source-if-.*|(copy-source-)?server-side-encryption-customer-.*)$/;
const HARMLESS_ACL = new Set(['private', 'bucket-owner-full-control', 'bucket-owner-read']);

const S3_ROUTES = new Set(['/', '/:bucket', '/:bucket/*']);

/** Whether a request to fauxqs is one to S3: POST / belongs to SQS. */
export function isS3({ routeOptions: { url }, method }: FastifyRequest): boolean {
  return url !== undefined && S3_ROUTES.has(url) && !(url === '/' && method === 'POST');
}

/** What a request asks of S3; throws a refusal when the emulator would do something else. */
export function s3Request(request: FastifyRequest): S3Request {
  const { bucket = '', '*': key = '' } = request.params as { bucket?: string; '*'?: string };
  const level: Level = key ? 'object' : bucket ? 'bucket' : 'service';
  refuseUnsupportedHeaders(request.headers);
  refuseExpired(request.query as Record<string, string | undefined>);
  const selecting = Object.keys(request.query as object)
    .filter((name) => !NEUTRAL.test(name) && !(level === 'bucket' && LISTING.test(name)))
    .sort();
  const rule = RULES.find(
    (candidate) =>
      candidate[0] === request.method &&
      candidate[1] === level &&
      candidate[2] === selecting.join(','),
  );
  if (!rule) {
    throw notImplemented(`${request.method} ?${selecting.join('&')} of S3's ${level} requests`);
  }
  return { operation: variant(rule[3], request), bucket, key };
}

function variant(operation: string, request: FastifyRequest): string {
  if (operation === 'PutObject' && request.headers['x-amz-copy-source']) return 'CopyObject';
  if (operation === 'PostObject' && !/multipart\/form-data/i.test(mediaType(request))) {
    throw notImplemented(`POST on a bucket with the content type ${mediaType(request)}`);
  }
  return operation;
}

function mediaType(request: FastifyRequest): string {
  return request.headers['content-type'] ?? '(none)';
}

function refuseUnsupportedHeaders(headers: FastifyRequest['headers']): void {
  const acl = headers['x-amz-acl'];
  if (typeof acl === 'string' && !HARMLESS_ACL.has(acl)) {
    throw notImplemented(`the access control list ${acl}`);
  }
  const unsupported = Object.keys(headers).find((name) => UNSUPPORTED_HEADERS.test(name));
  if (unsupported) throw notImplemented(`the header ${unsupported}`);
}

/** A presigned URL is good for its time only; its signature is not checked. */
function refuseExpired(query: Record<string, string | undefined>): void {
  const signed = query['X-Amz-Date']?.match(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/);
  const seconds = Number(query['X-Amz-Expires']);
  if (!signed || Number.isNaN(seconds)) return;
  const [year = 0, month = 0, ...rest] = signed.slice(1).map(Number);
  if (Date.now() > Date.UTC(year, month - 1, ...rest) + seconds * 1000) {
    throw new S3Refusal(403, 'AccessDenied', 'Request has expired');
  }
}
