import * as z from 'zod';
import { ACCOUNT_ID } from '../cloud-region.ts';
import type { FunctionPlan } from '../resources/functions.ts';
import type { QueuePlan } from '../resources/queues.ts';
import { readProperties } from '../resources/read-properties.ts';
import type { Json } from '../template/json.ts';
import type { Stack } from '../template/stack.ts';
import { accessKeyOf } from './credentials.ts';
import type { AttachedStatement } from './decide.ts';
import { planRole } from './roles.ts';
import { readStatements, type Statement } from './statement.ts';

/** A function that calls AWS with the rights of its role. */
export interface CallerPlan {
  readonly functionLogicalId: string;
  readonly accessKeyId: string;
  readonly roleArn: string;
  /** As AWS calls it in an error: the role as the function has assumed it. */
  readonly userArn: string;
  readonly statements: readonly Statement[];
}

/** Who may do what, as the template says. */
export interface AccessPlan {
  readonly callers: readonly CallerPlan[];
  /** The policies of buckets, queues and secrets. */
  readonly attached: readonly AttachedStatement[];
}

const json = z.json() as z.ZodType<Json>;
const bucketPolicy = z.object({ Bucket: z.string(), PolicyDocument: json });
const queuePolicy = z.object({ Queues: z.array(z.string()), PolicyDocument: json });
const secretPolicy = z.object({ SecretId: z.string(), ResourcePolicy: json });

/** Reads who may do what out of a stack; refuses policies that can't be evaluated here. */
export function planAccess(
  stack: Stack,
  queues: readonly QueuePlan[],
  functions: readonly FunctionPlan[],
): AccessPlan {
  const callers = functions.map(({ logicalId, functionName, roleArn }) => {
    const { roleName, statements } = planRole(stack, roleArn, logicalId);
    return {
      functionLogicalId: logicalId,
      accessKeyId: accessKeyOf(logicalId),
      roleArn,
      userArn: `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${roleName}/${functionName}`,
      statements,
    };
  });
  return { callers, attached: planAttached(stack, queues) };
}

function planAttached(stack: Stack, queues: readonly QueuePlan[]): AttachedStatement[] {
  const ofBuckets = stack.resources('AWS::S3::BucketPolicy').flatMap((resource) => {
    const { Bucket, PolicyDocument } = readProperties(resource, bucketPolicy);
    return attach([`arn:aws:s3:::${Bucket}`], PolicyDocument, resource.logicalId);
  });
  const ofQueues = stack.resources('AWS::SQS::QueuePolicy').flatMap((resource) => {
    const { Queues, PolicyDocument } = readProperties(resource, queuePolicy);
    const arns = Queues.map((url) => queues.find(({ queueUrl }) => queueUrl === url)?.arn ?? url);
    return attach(arns, PolicyDocument, resource.logicalId);
  });
  const ofSecrets = stack.resources('AWS::SecretsManager::ResourcePolicy').flatMap((resource) => {
    const { SecretId, ResourcePolicy } = readProperties(resource, secretPolicy);
    return attach([SecretId], ResourcePolicy, resource.logicalId);
  });
  return [...ofBuckets, ...ofQueues, ...ofSecrets];
}

function attach(arns: readonly string[], policy: Json, where: string): AttachedStatement[] {
  const statements = readStatements(policy, where);
  return arns.flatMap((attachedTo) => statements.map((statement) => ({ attachedTo, statement })));
}
