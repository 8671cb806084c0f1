/** What a careful user of the SDK writes: lines put 25 a call, some calls at once, nothing archived. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type BatchWriteCommandOutput,
  DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { measured, tellParent } from '../measured.ts';
import { environment, TABLE } from './environment.ts';
import { itemOf, marshallOptions } from './item.ts';
import { createSdk } from './sdk.ts';

const ITEMS_PER_WRITE = 25;
const WRITES_AT_ONCE = 4;

type Puts = { readonly PutRequest: { readonly Item: ReturnType<typeof itemOf> } }[];

const sdk = createSdk();
const table = DynamoDBDocumentClient.from(new DynamoDBClient(), { marshallOptions });

void tellParent(measured(collect));

async function collect(): Promise<void> {
  const inFlight = new Set<Promise<void>>();
  const begin = async (puts: Puts) => {
    if (inFlight.size === WRITES_AT_ONCE) await Promise.race(inFlight);
    const writing = write(puts).finally(() => inFlight.delete(writing));
    inFlight.add(writing);
  };
  let held: Puts = [];
  for await (const line of await sdk.analyzeAsync.batches.results(environment.providerBatchId)) {
    held.push({ PutRequest: { Item: itemOf(line) } });
    if (held.length < ITEMS_PER_WRITE) continue;
    await begin(held);
    held = [];
  }
  if (held.length > 0) await begin(held);
  await Promise.all(inFlight);
}

async function write(puts: Puts): Promise<void> {
  let wanted: BatchWriteCommandInput['RequestItems'] = { [TABLE]: puts };
  while (Object.keys(wanted ?? {}).length > 0) {
    const { UnprocessedItems: left }: BatchWriteCommandOutput = await table.send(
      new BatchWriteCommand({ RequestItems: wanted }),
    );
    wanted = left;
  }
}
