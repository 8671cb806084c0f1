import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Stack } from '../template/stack.ts';
import { readProperties } from './read-properties.ts';

const keySchema = z.array(
  z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }),
);

// Throughput settings of an index have no effect here, so they are not read.
const index = z.object({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.object({
    ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']).optional(),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
});

const tableProperties = z.object({
  KeySchema: keySchema,
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  GlobalSecondaryIndexes: z.array(index).optional(),
  LocalSecondaryIndexes: z.array(index).optional(),
  Replicas: z.array(z.object({})).max(1).optional(),
});

/** The tables that a stack asks for, as DynamoDB is told. */
export function planTables(stack: Stack): CreateTableCommandInput[] {
  const tables = stack.resources('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable');
  return tables.map((table) => {
    const { Replicas: _here, ...definition } = readProperties(table, tableProperties);
    // zod tells an absent property from an undefined one no better than the SDK does.
    const input = { TableName: table.name, BillingMode: 'PAY_PER_REQUEST', ...definition };
    return JSON.parse(JSON.stringify(input)) as CreateTableCommandInput;
  });
}

/** Makes the tables. */
export async function createTables(
  dynamoDb: DynamoDBClient,
  tables: readonly CreateTableCommandInput[],
): Promise<void> {
  for (const table of tables) await dynamoDb.send(new CreateTableCommand(table));
}
