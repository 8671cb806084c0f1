import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect, it, onTestFinished } from 'vitest';
import { createTable } from '../../../../shared/store/table.ts';

/** A table that takes, and gives, at most `atOnce` items a call. @returns it, and what it has by now */
async function startNarrowTable(atOnce: number) {
  const taken: unknown[] = [];
  let calls = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      calls += 1;
      const { RequestItems } = JSON.parse(Buffer.concat(chunks).toString());
      const asked = RequestItems.table;
      const isGet = 'Keys' in asked;
      const all = isGet ? asked.Keys : asked;
      const left = all.slice(atOnce);
      taken.push(...all.slice(0, atOnce));
      const answer = isGet
        ? {
            Responses: { table: all.slice(0, atOnce) },
            UnprocessedKeys: left.length > 0 ? { table: { Keys: left } } : {},
          }
        : { UnprocessedItems: left.length > 0 ? { table: left } : {} };
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  const table = createTable('table', DynamoDBDocumentClient.from(client));
  return { table, taken, calls: () => calls };
}

const keys = Array.from({ length: 60 }, (_, at) => ({ pk: `row ${at}`, sk: 'x' }));

it('puts every item into a table that takes a few at a time, each once', async () => {
  const { table, taken, calls } = await startNarrowTable(10);
  await table.putAll(keys);
  expect(new Set(taken.map((it) => JSON.stringify(it))).size).toBe(60);
  expect(taken).toHaveLength(60);
  expect(calls()).toBe(6);
});

it('gets every item from a table that gives a few at a time', async () => {
  const { table } = await startNarrowTable(25);
  const found = await table.getMany(keys);
  expect(found).toHaveLength(60);
  expect(found).toEqual(expect.arrayContaining(keys));
});
