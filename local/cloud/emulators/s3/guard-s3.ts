import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { BucketNotifications } from './bucket-notifications.ts';
import { KeyLock } from './key-lock.ts';
import { readBody, unwrapChunks, verifyChecksums } from './s3-body.ts';
import {
  changedKeys,
  changesMade,
  checkConditions,
  isConditional,
  type ObjectFacts,
  objectFacts,
  overrideHeaders,
} from './s3-changes.ts';
import { isS3, type S3Request, s3Request } from './s3-operation.ts';
import { S3Refusal } from './s3-refusal.ts';

/** Makes every upload take our way of reading, whatever its own content type would select. */
const UPLOAD_TYPE = 'application/x-s3-upload';

interface Guard {
  readonly operation: S3Request;
  readonly contentType: string | undefined;
  readonly changes: Map<string, ObjectFacts | undefined>;
  /** Set once the request has succeeded. */
  finished?: Promise<void>;
  release: () => void;
}

/**
 * Closes the gaps of fauxqs's S3: refuses what it would only pretend to do, takes large and
 * `aws-chunked` bodies, checks checksums and write conditions, and announces changes to queues
 * before the writer has its answer.
 */
export function guardS3(app: FastifyInstance, notifications: BucketNotifications): void {
  const guards = new WeakMap<FastifyRequest, Guard>();
  const locks = new KeyLock();

  app.addContentTypeParser(UPLOAD_TYPE, (request: FastifyRequest, payload: Readable) =>
    readBody(payload, Number(request.headers['content-length'] ?? Number.NaN)),
  );
  app.addHook('onRequest', async (request) => {
    if (isS3(request)) guards.set(request, beginGuard(request));
  });
  app.addHook('preHandler', async (request, reply) => {
    const guard = guards.get(request);
    if (!guard) return;
    restoreContentType(guard, request);
    request.body = acceptBody(guard.operation, request);
    // A client that goes away must not keep others from its keys.
    reply.raw.once('close', () => guard.release());
    await beginChanges(app, guard, notifications, locks, request);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    reply.header('date', new Date().toUTCString());
    const guard = guards.get(request);
    try {
      // Twice for a handler of fauxqs that sends its reply and returns it, too.
      if (guard && reply.statusCode < 300) {
        guard.finished ??= finish(app, guard, notifications, request, reply);
        await guard.finished;
      }
    } finally {
      guard?.release();
    }
    return payload;
  });
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof S3Refusal)) return reply.send(error);
    return reply.code(error.statusCode).type('application/xml').send(error.toXml());
  });
}

function beginGuard(request: FastifyRequest): Guard {
  const { 'content-type': contentType } = request.headers;
  const operation = s3Request(request);
  request.raw.headers['content-type'] = UPLOAD_TYPE;
  return { operation, contentType, changes: new Map(), release: () => {} };
}

function restoreContentType({ contentType }: Guard, request: FastifyRequest): void {
  if (contentType === undefined) delete request.raw.headers['content-type'];
  else request.raw.headers['content-type'] = contentType;
}

function acceptBody({ operation }: S3Request, request: FastifyRequest): Buffer {
  if (!Buffer.isBuffer(request.body)) return Buffer.alloc(0);
  if (operation !== 'PutObject' && operation !== 'UploadPart') return request.body;
  const body = unwrapChunks(request.raw.headers, request.body);
  verifyChecksums(request.raw.headers, body);
  return body;
}

async function beginChanges(
  app: FastifyInstance,
  guard: Guard,
  notifications: BucketNotifications,
  locks: KeyLock,
  request: FastifyRequest,
): Promise<void> {
  const { bucket } = guard.operation;
  const isTold = notifications.has(bucket) && request.method !== 'PUT';
  for (const key of changedKeys(guard.operation, request.body)) {
    await hold(locks, guard, key);
    // Most writes neither ask what was there nor tell of it.
    const matters = isTold || isConditional(request.headers);
    const existing = matters ? await objectFacts(app, bucket, key) : undefined;
    checkConditions(guard.operation, request.headers, existing);
    guard.changes.set(key, existing);
  }
}

async function hold(locks: KeyLock, guard: Guard, key: string): Promise<void> {
  const letGo = await locks.acquire(`${guard.operation.bucket}/${key}`);
  const others = guard.release;
  guard.release = () => {
    others();
    letGo();
  };
}

async function finish(
  app: FastifyInstance,
  guard: Guard,
  notifications: BucketNotifications,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  if (guard.operation.operation === 'GetObject') {
    overrideHeaders(request.query as Record<string, string>, reply);
  }
  if (!notifications.has(guard.operation.bucket)) return;
  for (const change of await changesMade(app, guard.operation, guard.changes, request)) {
    await notifications.announce(change);
  }
}
