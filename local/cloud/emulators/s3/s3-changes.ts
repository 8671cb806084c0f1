import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OWN_SIGNATURE } from '../../access/credentials.ts';
import type { ObjectChange } from './s3-events.ts';
import type { S3Request } from './s3-operation.ts';
import { S3Refusal } from './s3-refusal.ts';

const EVENT_NAMES: Readonly<Record<string, string>> = {
  PutObject: 'ObjectCreated:Put',
  PostObject: 'ObjectCreated:Post',
  CopyObject: 'ObjectCreated:Copy',
  CompleteMultipartUpload: 'ObjectCreated:CompleteMultipartUpload',
  DeleteObject: 'ObjectRemoved:Delete',
  DeleteObjects: 'ObjectRemoved:Delete',
};

/** What an object is, as HEAD tells; undefined when there is none. */
export interface ObjectFacts {
  readonly size: number;
  readonly eTag: string;
}

/**
 * The keys that a request is about to change; none when it only reads. In one order, so that two
 * requests for several keys can't wait for each other.
 */
export function changedKeys(operation: S3Request, body: unknown): string[] {
  if (!(operation.operation in EVENT_NAMES)) return [];
  if (operation.operation === 'PostObject') return [formKey(body)];
  if (operation.operation === 'DeleteObjects') return [...new Set(listedKeys(body))].sort();
  return [operation.key];
}

/** What to announce once the request has succeeded. */
export async function changesMade(
  app: FastifyInstance,
  operation: S3Request,
  changes: ReadonlyMap<string, ObjectFacts | undefined>,
  request: FastifyRequest,
): Promise<ObjectChange[]> {
  const eventName = EVENT_NAMES[operation.operation] ?? '';
  const { bucket } = operation;
  const made: ObjectChange[] = [];
  for (const [key, before] of changes) {
    const common = { eventName, bucket, key, sourceIpAddress: request.ip };
    const object = await objectFacts(app, bucket, key);
    if (object) made.push({ ...common, object });
    else if (before) made.push(common);
  }
  return made;
}

/** Size and ETag (without its quotes) of an object, if there is one. */
export async function objectFacts(
  app: FastifyInstance,
  bucket: string,
  key: string,
): Promise<ObjectFacts | undefined> {
  const path = key.split('/').map(encodeURIComponent).join('/');
  const reply = await app.inject({
    method: 'HEAD',
    url: `/${bucket}/${path}`,
    headers: { authorization: OWN_SIGNATURE },
  });
  if (reply.statusCode !== 200) return undefined;
  const eTag = String(reply.headers.etag).replaceAll('"', '');
  return { size: Number(reply.headers['content-length']), eTag };
}

/** Whether a write is to be made only if the object is, or is not, what the client believes. */
export function isConditional(headers: FastifyRequest['headers']): boolean {
  return headers['if-match'] !== undefined || headers['if-none-match'] !== undefined;
}

/** Conditional writes: `If-None-Match: *` and `If-Match`, which fauxqs knows only for reads. */
export function checkConditions(
  { operation }: S3Request,
  headers: FastifyRequest['headers'],
  existing: ObjectFacts | undefined,
): void {
  if (operation === 'PostObject' || operation === 'DeleteObjects') return;
  const ifNoneMatch = headers['if-none-match'];
  const ifMatch = headers['if-match'];
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
    throw new S3Refusal(501, 'NotImplemented', 'a write takes If-None-Match only with *');
  }
  if (ifMatch !== undefined && !existing) {
    throw new S3Refusal(404, 'NoSuchKey', 'The specified key does not exist.');
  }
  const matches =
    ifMatch === undefined || [existing?.eTag, '*'].includes(ifMatch.replaceAll('"', ''));
  if ((ifNoneMatch !== undefined && existing) || !matches) {
    throw new S3Refusal(
      412,
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
    );
  }
}

/** Headers that a reader asks for by the query, as presigned URLs do. */
export function overrideHeaders(query: Record<string, string>, reply: FastifyReply): void {
  for (const [name, value] of Object.entries(query)) {
    if (name.startsWith('response-')) reply.header(name.slice('response-'.length), value);
  }
}

function formKey(body: unknown): string {
  // Fields are text and the file comes last, so the key is before any binary content.
  const form = Buffer.isBuffer(body) ? body.toString('latin1') : '';
  const key = /name="key"\r\n(?:[^\r\n]+\r\n)*\r\n([\s\S]*?)\r\n--/.exec(form)?.[1];
  const filename = /filename="([^"]*)"/.exec(form)?.[1]?.split(/[/\\]/).at(-1) ?? '';
  return Buffer.from(key ?? '', 'latin1')
    .toString('utf8')
    .replace(/\$\{filename\}/g, Buffer.from(filename, 'latin1').toString('utf8'));
}

function listedKeys(body: unknown): string[] {
  const xml = Buffer.isBuffer(body) ? body.toString('utf8') : '';
  return [...xml.matchAll(/<Key>([\s\S]*?)<\/Key>/g)].map(([, key = '']) =>
    key
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&apos;', "'")
      .replaceAll('&amp;', '&'),
  );
}
