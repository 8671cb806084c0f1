import * as z from 'zod';
import { CloudError } from '../cloud-error.ts';
import { readProperties } from '../resources/read-properties.ts';
import type { Json } from '../template/json.ts';
import type { Stack } from '../template/stack.ts';
import { decide } from './decide.ts';
import { MANAGED_POLICIES } from './managed-policies.ts';
import { readStatements, type Statement } from './statement.ts';

/** A role, and all that its policies say. */
export interface RolePlan {
  readonly roleName: string;
  readonly statements: readonly Statement[];
}

const json = z.json() as z.ZodType<Json>;
const roleProperties = z.object({
  AssumeRolePolicyDocument: json,
  ManagedPolicyArns: z.array(z.string()).default([]),
  Policies: z.array(z.object({ PolicyDocument: json })).default([]),
});
const policyProperties = z.object({
  PolicyDocument: json,
  Roles: z.array(z.string()).default([]),
});

/**
 * The role of a function, with the policies that are in it, attached to it or managed by AWS; refuses
 * one that is not in the template, or that Lambda may not assume.
 */
export function planRole(stack: Stack, roleArn: string, where: string): RolePlan {
  const resource = stack
    .resources('AWS::IAM::Role')
    .find(({ identity }) => identity.attributes['Arn'] === roleArn);
  if (!resource) throw new CloudError(`${where}: ${roleArn} is no role of the template`);
  const { logicalId, name } = resource;
  const role = readProperties(resource, roleProperties);
  checkTrust(logicalId, role.AssumeRolePolicyDocument);
  const policies = stack.resources('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy');
  const isManagedHere = (arn: string) => policies.some(({ identity }) => identity.ref === arn);
  const ofAws = role.ManagedPolicyArns.filter((arn) => !isManagedHere(arn));
  return {
    roleName: name,
    statements: [
      ...role.Policies.flatMap(({ PolicyDocument }) => readStatements(PolicyDocument, logicalId)),
      ...policies.flatMap((policy) => {
        const { PolicyDocument, Roles } = readProperties(policy, policyProperties);
        const isAttached =
          Roles.includes(name) || role.ManagedPolicyArns.includes(policy.identity.ref);
        return isAttached ? readStatements(PolicyDocument, policy.logicalId) : [];
      }),
      ...ofAws.flatMap((arn) => managedByAws(arn, logicalId)),
    ],
  };
}

function checkTrust(logicalId: string, policy: Json): void {
  const arn = logicalId;
  const attached = readStatements(policy, logicalId).map((statement) => ({
    attachedTo: arn,
    statement,
  }));
  const assume = { action: 'sts:AssumeRole', resource: arn };
  const policies = { identity: [], attached };
  if (decide({ service: 'lambda.amazonaws.com' }, assume, policies).allowed) return;
  throw new CloudError(`${logicalId}: the role can not be assumed by lambda.amazonaws.com`);
}

function managedByAws(arn: string, logicalId: string): readonly Statement[] {
  const statements = MANAGED_POLICIES[arn.split('/').at(-1) ?? ''];
  if (statements) return statements;
  throw new CloudError(`${logicalId}: the local cloud does not know what ${arn} says`);
}
