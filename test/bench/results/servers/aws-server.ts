/**
 * A process that answers as DynamoDB, S3 and SQS would for the collection of one batch, each request
 * after the same few milliseconds, and keeps what it was sent.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveRequests } from '../../../../local/cloud/emulators/serve-requests.ts';
import type { Workload } from '../content.ts';
import { type Kept, keptOf } from './check-kept.ts';
import { type Body, DynamoDb } from './dynamodb.ts';
import { listen } from './listen.ts';
import { S3 } from './s3.ts';

const LATENCY_MS = 5;

/** What one collection asked of AWS, and what AWS has of it. */
export interface AwsReport extends Kept {
  readonly requests: number;
  /** Of bodies. */
  readonly sentBytes: number;
}

let workload: Workload = { lines: 0, textBytes: 0 };
let dynamoDb = new DynamoDb(workload);
let s3 = new S3();
let requests = 0;
let sentBytes = 0;

serveRequests({
  listen: () =>
    listen((request, response) => {
      answer(request, response).catch((error: unknown) => {
        process.stderr.write(`${error}\n`);
        response.writeHead(400).end();
      });
    }),
  /** Forgets everything, and has the analyses of another collection. */
  expect: (expected: Workload) => {
    workload = expected;
    dynamoDb = new DynamoDb(workload);
    s3 = new S3();
    requests = 0;
    sentBytes = 0;
  },
  report: (): AwsReport => ({
    requests,
    sentBytes,
    ...keptOf(workload, dynamoDb.rows(), s3.objects()),
  }),
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body: Uint8Array[] = [];
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    body.push(chunk);
    sentBytes += chunk.length;
  }
  requests += 1;
  await sleep(LATENCY_MS);
  const [service = '', operation = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  if (service) {
    const value = service === 'AmazonSQS' ? taken(body) : dynamoDb.answer(operation, body);
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(value));
    return;
  }
  const url = new URL(request.url ?? '/', 'http://s3');
  const { status, headers, xml } = s3.answer(request.method ?? '', url, body);
  response.writeHead(status, headers).end(xml);
}

/** SendMessageBatch: all of them; its client compares the hashes. */
function taken(body: Body) {
  const { Entries } = JSON.parse(Buffer.concat(body).toString()) as {
    readonly Entries: { readonly Id: string; readonly MessageBody: string }[];
  };
  const Successful = Entries.map(({ Id, MessageBody }) => ({
    Id,
    MessageId: Id,
    MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
  }));
  return { Successful };
}
