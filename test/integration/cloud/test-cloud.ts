import { rm } from 'node:fs/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { Clock } from '../../../local/clock.ts';
import { type Cloud, type CloudOptions, startCloud } from '../../../local/cloud/cloud.ts';
import type { FunctionLogLine } from '../../../local/cloud/functions/invocation.ts';
import { type TestStack, writeAssembly } from './assembly.ts';

/** A cloud with the clients of a test; ends with the test's scope. */
export interface TestCloud extends AsyncDisposable {
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly dynamoDb: DynamoDBDocumentClient;
  readonly log: FunctionLogLine[];
  /** All that functions and host have said, for messages. */
  logText(): string;
  /** Every item of a table. */
  items(tableName: string): Promise<Record<string, unknown>[]>;
  /** How many messages can be received from a queue. */
  visibleMessages(queueUrl: string): Promise<number>;
}

/** The moment at which the clock of tests stands. */
export const START = new Date('2026-11-21T23:28:00.000Z');

export async function startTestCloud(
  stack: TestStack,
  options: Partial<CloudOptions> = {},
): Promise<TestCloud> {
  const assemblyDirectory = await writeAssembly(stack);
  const clock = options.clock ?? Clock.stoppedAt(START);
  const log: FunctionLogLine[] = [];
  const onLog = (line: FunctionLogLine) => log.push(line);
  const forget = () => rm(assemblyDirectory, { recursive: true, force: true });
  const cloud = await startCloud({ ...options, assemblyDirectory, clock, onLog }).catch(
    async (error: unknown) => {
      await forget();
      throw error;
    },
  );
  const common = { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
  const s3 = new S3Client({ ...common, endpoint: cloud.endpoints.s3 });
  const sqs = new SQSClient({ ...common, endpoint: cloud.endpoints.sqs });
  const dynamoDb = DynamoDBDocumentClient.from(
    new DynamoDBClient({ ...common, endpoint: cloud.endpoints.dynamodb }),
  );
  return {
    ...{ cloud, clock, s3, sqs, dynamoDb, log },
    logText: () => log.map(({ functionName, text }) => `${functionName}: ${text}`).join('\n'),
    items: async (tableName) => {
      const { Items = [] } = await dynamoDb.send(new ScanCommand({ TableName: tableName }));
      return Items;
    },
    visibleMessages: async (queueUrl) => {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
      );
      return Number(Attributes?.['ApproximateNumberOfMessages']);
    },
    [Symbol.asyncDispose]: async () => {
      await cloud.stop();
      clock.close();
      for (const client of [s3, sqs, dynamoDb]) client.destroy();
      await forget();
    },
  };
}
