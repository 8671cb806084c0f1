import * as z from 'zod';
import { CloudError } from '../cloud-error.ts';
import type { Json, JsonObject } from '../template/json.ts';
import { type Condition, readConditions } from './condition.ts';
import { type Principals, readPrincipals } from './principal.ts';

/** One statement of a policy. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** Patterns, as `dynamodb:Get*`. */
  readonly actions: readonly string[];
  /** Patterns of ARNs. */
  readonly resources: readonly string[];
  /** Whom a policy of a resource speaks of; undefined in a policy of a role. */
  readonly principals?: Principals;
  readonly conditions: readonly Condition[];
}

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((it) => [it].flat());
// Strict: NotAction, NotResource and NotPrincipal turn a statement round, and must not be overlooked.
const statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore,
  Resource: oneOrMore.optional(),
  Principal: z.json().optional(),
  Condition: z.record(z.string(), z.record(z.string(), z.json())).default({}),
});
const document = z.object({ Statement: z.preprocess((it) => [it].flat(), z.array(statement)) });

/** The statements of a policy document; refuses what can't be evaluated here. `where` begins the sentence. */
export function readStatements(policy: Json | undefined, where: string): Statement[] {
  const result = document.safeParse(policy);
  if (!result.success) {
    throw new CloudError(
      `${where}: the policy is none that the local cloud can evaluate: ${z.prettifyError(result.error)}`,
    );
  }
  return result.data.Statement.map(({ Effect, Action, Resource = ['*'], Principal, Condition }) => {
    const variable = Resource.find((it) => it.includes('$' + '{'));
    if (variable) throw new CloudError(`${where}: the local cloud knows no variables: ${variable}`);
    return {
      effect: Effect,
      actions: Action,
      resources: Resource,
      ...(Principal !== undefined && { principals: readPrincipals(Principal as Json, where) }),
      conditions: readConditions(Condition as Record<string, JsonObject>, where),
    };
  });
}
