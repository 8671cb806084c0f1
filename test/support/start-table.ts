import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { onTestFinished } from 'vitest';
import { createDynamoDb } from '../../local/cloud/emulators/dynamodb.ts';
import { createTable, type Table } from '../../shared/store/table.ts';
import { globalSecondaryIndexes, keyAttributes } from './table-indexes.ts';

/** An empty table of its own, with the indexes of the stack, in an emulator that ends with the test. */
export async function startTable(): Promise<Table> {
  const server = createDynamoDb();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  await client.send(
    new CreateTableCommand({
      TableName: 'table',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keyAttributes.map((name) => ({
        AttributeName: name,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: globalSecondaryIndexes(),
    }),
  );
  const marshallOptions = { removeUndefinedValues: true };
  return createTable('table', DynamoDBDocumentClient.from(client, { marshallOptions }));
}
