/** The first thing that works: the SDK's lines one after the other, each put, then archived. */
import { Readable } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { Upload } from '@aws-sdk/lib-storage';
import { measured, tellParent } from '../measured.ts';
import { BUCKET, environment, TABLE } from './environment.ts';
import { itemOf, marshallOptions } from './item.ts';
import { createSdk } from './sdk.ts';

const sdk = createSdk();
const table = DynamoDBDocumentClient.from(new DynamoDBClient(), { marshallOptions });
const s3 = new S3Client();

void tellParent(
  measured(async () => {
    const params = { Bucket: BUCKET, Key: 'results.jsonl', Body: Readable.from(putLines()) };
    await new Upload({ client: s3, params }).done();
  }),
);

async function* putLines(): AsyncGenerator<string> {
  for await (const line of await sdk.analyzeAsync.batches.results(environment.providerBatchId)) {
    await table.send(new PutCommand({ TableName: TABLE, Item: itemOf(line) }));
    yield `${JSON.stringify(line)}\n`;
  }
}
