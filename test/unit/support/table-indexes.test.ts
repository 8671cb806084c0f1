import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { readConfig } from '../../../infra/config.ts';
import { PipelineTable } from '../../../infra/pipeline-table.ts';
import { globalSecondaryIndexes, keyAttributes } from '../../support/table-indexes.ts';

it('gives the tables of the tests the keys and indexes that the stack gives its own', () => {
  const stack = new Stack(new App());
  new PipelineTable(stack, 'Table', readConfig(stack.node));
  const [table] = Object.values(
    Template.fromStack(stack).findResources('AWS::DynamoDB::GlobalTable'),
  );
  const { GlobalSecondaryIndexes, AttributeDefinitions } = table?.['Properties'] ?? {};
  expect(GlobalSecondaryIndexes).toEqual(globalSecondaryIndexes());
  const inOrder = (names: readonly string[]) => names.toSorted();
  const definitions = AttributeDefinitions as { AttributeName: string; AttributeType: string }[];
  expect(inOrder(definitions.map((it) => it.AttributeName))).toEqual(inOrder(keyAttributes));
  expect(new Set(definitions.map((it) => it.AttributeType))).toEqual(new Set(['S']));
});
