import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import type { RowKey } from '../../../shared/store/keys.ts';
import { type Condition, type Item, UnstorableError } from '../../../shared/store/table.ts';
import { keyProblem } from './stored-values.ts';

const knownInputs = [
  'IndexName',
  'KeyConditionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ScanIndexForward',
  'ConsistentRead',
];

/** The key of what is written. @throws UnstorableError where it is none */
export function writtenKey({ pk, sk }: Item): RowKey {
  const problem = keyProblem('pk', pk) ?? keyProblem('sk', sk);
  if (problem) throw new UnstorableError(problem);
  return { pk: pk as string, sk: sk as string };
}

/** @throws UnstorableError as DynamoDB refuses to write an item twice in one batch */
export function checkDistinct(keys: readonly RowKey[]): void {
  if (!areDistinct(keys)) throw new UnstorableError('the item keys contain duplicates');
}

/** @throws TypeError for keys that DynamoDB refuses to read */
export function checkAsked(keys: readonly RowKey[]): void {
  for (const { pk, sk } of keys) {
    const problem = keyProblem('pk', pk) ?? keyProblem('sk', sk);
    if (problem) throw new TypeError(problem);
  }
  if (!areDistinct(keys)) throw new TypeError('the item keys contain duplicates');
}

function areDistinct(keys: readonly RowKey[]): boolean {
  return keys.length < 2 || new Set(keys.map((it) => JSON.stringify(it))).size === keys.length;
}

/** @throws TypeError for an update that DynamoDB refuses whatever the item */
export function checkChanges(changes: Item, { values }: Condition): void {
  const names = Object.keys(changes);
  if (names.length === 0) throw new TypeError('an update must change something');
  if (names.includes('pk') || names.includes('sk')) throw new TypeError('a key is not updated');
  const noneSet = Object.values(changes).every((value) => value === undefined);
  if (noneSet && Object.keys(values ?? {}).length === 0) {
    throw new TypeError('createTable sends no values with this: DynamoDB refuses that');
  }
}

/** @throws TypeError for a query that the memory table, or DynamoDB, does not know */
export function checkQuery(input: Omit<QueryCommandInput, 'TableName'>, limit: number): void {
  const unknown = Object.keys(input).filter((name) => !knownInputs.includes(name));
  if (unknown.length > 0) throw new TypeError(`the memory table does not know ${unknown}`);
  if (!(limit >= 1)) throw new TypeError(`a query is limited to at least one item, not ${limit}`);
  if (input.IndexName !== undefined && input.ConsistentRead) {
    throw new TypeError('an index has no consistent reads');
  }
}
