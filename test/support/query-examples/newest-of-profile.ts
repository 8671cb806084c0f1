import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Row, rowsByIndex } from './rows-by-index.ts';

/** The last `count` analyses by a profile that are ready, the newest first. */
export async function newestOf(
  client: DynamoDBDocumentClient,
  tableName: string,
  profile: string,
  count: number,
): Promise<Row[]> {
  const rows = rowsByIndex(client, {
    TableName: tableName,
    IndexName: 'profile',
    KeyConditionExpression: 'profile = :profile',
    ExpressionAttributeValues: { ':profile': profile },
    ScanIndexForward: false,
  });
  const newest: Row[] = [];
  for await (const row of rows) {
    if (row['state'] === 'ready') newest.push(row);
    if (newest.length === count) break;
  }
  return newest;
}
