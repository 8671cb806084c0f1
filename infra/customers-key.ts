import { Stack } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Config } from './config.ts';

const ID = 'CustomersKey';

/**
 * The customer's own key of KMS for all that is kept; undefined where none is set, and AWS's keys do.
 * Its policy is the customer's: docs/runbook.md says what it must allow.
 */
export function customersKey(scope: Construct, { kmsKeyArn }: Config): IKey | undefined {
  if (kmsKeyArn === undefined) return undefined;
  const stack = Stack.of(scope);
  const known = stack.node.tryFindChild(ID) as IKey | undefined;
  return known ?? Key.fromKeyArn(stack, ID, kmsKeyArn);
}
