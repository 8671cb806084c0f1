import type { Need } from '../access/decide.ts';
import { ACCOUNT_ID, REGION } from '../cloud-region.ts';
import { jsonRequest } from './json-request.ts';

/** What of a request to DynamoDB says what it is about. */
interface Request {
  readonly TableName?: string;
  readonly IndexName?: string;
  /** By table, of the batches. */
  readonly RequestItems?: Readonly<Record<string, unknown>>;
}

/** Operations on one table, each of which has an action of its own name. */
const OF_A_TABLE = new Set([
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'PutItem',
  'UpdateItem',
  'UpdateTable',
]);
const OF_A_TABLE_OR_INDEX = new Set(['Query', 'Scan']);
const OF_TABLES = new Set(['BatchGetItem', 'BatchWriteItem']);

/**
 * What a call of DynamoDB takes (Service Authorization Reference, "Actions, resources, and condition
 * keys for Amazon DynamoDB"); undefined for an operation that is not known here.
 */
export function dynamoDbNeeds(operation: string, body: string): readonly Need[] | undefined {
  const action = `dynamodb:${operation}`;
  if (operation === 'ListTables') return [{ action, resource: '*' }];
  const { TableName = '', IndexName, RequestItems = {} }: Request = jsonRequest(body);
  if (OF_A_TABLE.has(operation)) return [{ action, resource: tableArn(TableName) }];
  if (OF_A_TABLE_OR_INDEX.has(operation)) {
    const index = IndexName === undefined ? '' : `/index/${IndexName}`;
    return [{ action, resource: `${tableArn(TableName)}${index}` }];
  }
  if (!OF_TABLES.has(operation)) return undefined;
  return Object.keys(RequestItems).map((name) => ({ action, resource: tableArn(name) }));
}

function tableArn(nameOrArn: string): string {
  if (nameOrArn.startsWith('arn:')) return nameOrArn;
  return `arn:aws:dynamodb:${REGION}:${ACCOUNT_ID}:table/${nameOrArn}`;
}
