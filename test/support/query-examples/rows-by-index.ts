import { setTimeout } from 'node:timers/promises';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  paginateQuery,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';

export type Row = Record<string, unknown>;

/** The whole rows whose keys a query of an index finds, in its order: 100 a call. */
export async function* rowsByIndex(
  client: DynamoDBDocumentClient,
  query: QueryCommandInput,
): AsyncGenerator<Row> {
  for await (const { Items: keys = [] } of paginateQuery({ client, pageSize: 100 }, query)) {
    yield* await readRows(client, query.TableName ?? '', keys);
  }
}

async function readRows(
  client: DynamoDBDocumentClient,
  tableName: string,
  keys: Row[],
): Promise<Row[]> {
  const found = new Map<string, Row>();
  let wanted: Row[] = keys.map(({ pk, sk }) => ({ pk, sk }));
  for (let waitMs = 50; wanted.length > 0; waitMs = Math.min(waitMs * 2, 5_000)) {
    const { Responses: responses, UnprocessedKeys: left } = await client.send(
      new BatchGetCommand({ RequestItems: { [tableName]: { Keys: wanted } } }),
    );
    for (const row of responses?.[tableName] ?? []) found.set(`${row['pk']} ${row['sk']}`, row);
    // An answer holds 16 MB at most, and less when the table is throttled.
    wanted = left?.[tableName]?.Keys ?? [];
    if (wanted.length > 0) await setTimeout(waitMs);
  }
  // They come in no order; one that was deleted meanwhile does not come.
  return keys.map(({ pk, sk }) => found.get(`${pk} ${sk}`)).filter((row) => row !== undefined);
}

/** The analyses that ride in a batch, or rode in it last. */
export async function analysesOfBatch(
  client: DynamoDBDocumentClient,
  tableName: string,
  batchId: string,
): Promise<Row[]> {
  const rows = rowsByIndex(client, {
    TableName: tableName,
    IndexName: 'batch',
    KeyConditionExpression: 'batchId = :batch',
    ExpressionAttributeValues: { ':batch': batchId },
  });
  // The index may lag behind the rows.
  return (await Array.fromAsync(rows)).filter((row) => row['batchId'] === batchId);
}
