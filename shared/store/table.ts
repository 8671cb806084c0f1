import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { PipelineError } from '../errors.ts';
import { createBackOff } from './back-off.ts';
import type { RowKey } from './keys.ts';

export type Item = Record<string, unknown>;
type QueryInput = Omit<QueryCommandInput, 'TableName'>;
export type Table = ReturnType<typeof createTable>;

/** Some of the table's items, and where the others begin. */
export interface Page {
  readonly items: readonly Item[];
  readonly next?: RowKey;
}

/** Some of what a query finds, and where it goes on. */
export interface QueryPage {
  readonly items: readonly Item[];
  readonly next?: Item;
}

/** A condition expression with the values it refers to. */
export interface Condition {
  readonly expression: string;
  readonly names?: Record<string, string>;
  readonly values?: Item;
}

/** Thrown for an item that DynamoDB will never take: too large, a key too long, a value it does not know. */
export class UnstorableError extends PipelineError {
  override readonly name = 'UnstorableError';
  readonly code = 'unstorable';
  readonly retryable = false;
}

const KEYS_PER_GET = 100;
const ITEMS_PER_WRITE = 25;
/** A thousand rows that move at once may be throttled for some seconds: the SDK backs off. */
const maxAttempts = 10;

/**
 * One DynamoDB table, as the store uses it: single-item conditional writes and plain reads. A
 * condition that does not hold answers false, for a lost race is an outcome and not an error.
 */
export function createTable(
  tableName: string,
  client: DynamoDBDocumentClient = DynamoDBDocumentClient.from(
    new DynamoDBClient({ maxAttempts }),
    {
      marshallOptions: { removeUndefinedValues: true },
    },
  ),
) {
  return { get, getMany, query, queryPage, count, page, putIf, updateIf, putAll, deleteAll };

  /** One item as it is this moment. */
  async function get({ pk, sk }: RowKey): Promise<Item | undefined> {
    const { Item: item } = await client.send(
      new GetCommand({ TableName: tableName, Key: { pk, sk }, ConsistentRead: true }),
    );
    return item;
  }

  /** Items as they are this moment, in no order; the missing ones are left out. */
  async function getMany(keys: readonly RowKey[]): Promise<Item[]> {
    const items: Item[] = [];
    let wanted: Item[] = keys.map(({ pk, sk }) => ({ pk, sk }));
    for (const backOff = createBackOff(); wanted.length > 0; ) {
      const asked = wanted.slice(0, KEYS_PER_GET);
      const { Responses: found = {}, UnprocessedKeys: left = {} } = await client.send(
        new BatchGetCommand({
          RequestItems: { [tableName]: { Keys: asked, ConsistentRead: true } },
        }),
      );
      items.push(...(found[tableName] ?? []));
      const again = left[tableName]?.Keys ?? [];
      wanted = [...wanted.slice(KEYS_PER_GET), ...again];
      await backOff(again.length);
    }
    return items;
  }

  /** The items that a query finds, in its order, at most `limit`. */
  async function query(input: QueryInput, limit = Infinity) {
    const items: Item[] = [];
    let from: Item | undefined;
    do {
      const page = await queryPage(input, limit - items.length, from);
      items.push(...page.items);
      from = page.next;
    } while (from && items.length < limit);
    return items;
  }

  /** One page of them, at most `limit`, from where the last one ended; without `next` it was the last. */
  async function queryPage(input: QueryInput, limit: number, from?: Item): Promise<QueryPage> {
    const { Items: items = [], LastEvaluatedKey: next } = await client.send(
      new QueryCommand({
        ...input,
        TableName: tableName,
        ...(Number.isFinite(limit) && { Limit: limit }),
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    return { items, ...(next && { next }) };
  }

  /** How many items a query finds; beyond `limit` it is not counted. */
  async function count(input: QueryInput, limit: number) {
    let found = 0;
    let from: Item | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          ...input,
          TableName: tableName,
          Select: 'COUNT',
          Limit: limit - found,
          ...(from && { ExclusiveStartKey: from }),
        }),
      );
      found += page.Count ?? 0;
      from = page.LastEvaluatedKey;
    } while (from && found < limit);
    return found;
  }

  /** One page of all items (DynamoDB: 1 MB), from where the last one ended; without `next` it was the last. */
  async function page(from: RowKey | undefined): Promise<Page> {
    const { Items: items = [], LastEvaluatedKey: last } = await client.send(
      new ScanCommand({
        TableName: tableName,
        ...(from && { ExclusiveStartKey: { pk: from.pk, sk: from.sk } }),
      }),
    );
    return { items, ...(last && { next: { pk: String(last['pk']), sk: String(last['sk']) } }) };
  }

  /** Puts a whole item; false when the condition does not hold. */
  async function putIf(item: Item, { expression, names, values }: Condition): Promise<boolean> {
    return await unlessLost(
      client.send(
        new PutCommand({
          TableName: tableName,
          Item: item,
          ConditionExpression: expression,
          ...(names && { ExpressionAttributeNames: names }),
          ...(values && { ExpressionAttributeValues: values }),
        }),
      ),
    );
  }

  /** Sets (or, where undefined, removes) attributes; false when the condition does not hold. */
  async function updateIf(key: RowKey, changes: Item, condition: Condition): Promise<boolean> {
    const entries = Object.entries(changes).map(([name, value], at) => ({ name, value, at }));
    const set = entries.filter(({ value }) => value !== undefined);
    const removed = entries.filter(({ value }) => value === undefined);
    const update = [
      set.length > 0 && `SET ${set.map(({ at }) => `#n${at} = :v${at}`).join(', ')}`,
      removed.length > 0 && `REMOVE ${removed.map(({ at }) => `#n${at}`).join(', ')}`,
    ];
    return await unlessLost(
      client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { pk: key.pk, sk: key.sk },
          UpdateExpression: update.filter(Boolean).join(' '),
          ConditionExpression: condition.expression,
          ExpressionAttributeNames: Object.fromEntries(
            entries.map(({ name, at }) => [`#n${at}`, name]),
          ),
          ExpressionAttributeValues: {
            ...condition.values,
            ...Object.fromEntries(set.map(({ value, at }) => [`:v${at}`, value])),
          },
        }),
      ),
    );
  }

  /** Puts items without condition, 25 a call; resolves when the table has all of them. */
  async function putAll(items: readonly Item[]): Promise<void> {
    await writeAll(items.map((item) => ({ PutRequest: { Item: item } })));
  }

  /** Deletes items, 25 a call. */
  async function deleteAll(keys: readonly RowKey[]): Promise<void> {
    await writeAll(keys.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } })));
  }

  async function writeAll(requests: WriteRequests): Promise<void> {
    let wanted = requests;
    for (const backOff = createBackOff(); wanted.length > 0; ) {
      const { UnprocessedItems: left = {} } = await unlessUnstorable(
        client.send(
          new BatchWriteCommand({
            RequestItems: { [tableName]: wanted.slice(0, ITEMS_PER_WRITE) },
          }),
        ),
      );
      const again = (left[tableName] ?? []) as WriteRequests;
      wanted = [...wanted.slice(ITEMS_PER_WRITE), ...again];
      await backOff(again.length);
    }
  }
}

type WriteRequests = ({ PutRequest: { Item: Item } } | { DeleteRequest: { Key: Item } })[];

async function unlessLost(write: Promise<unknown>): Promise<boolean> {
  try {
    await unlessUnstorable(write);
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

async function unlessUnstorable<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    const isRefused = error instanceof Error && error.name === 'ValidationException';
    // Of the SDK's own marshaller: a plain Error, known by its words alone.
    const isUnknown = error instanceof Error && error.message.startsWith('Unsupported type passed');
    if (!isRefused && !isUnknown) throw error;
    throw new UnstorableError(error.message, { cause: error });
  }
}
