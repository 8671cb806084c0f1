import { conditionsHold, LOCAL_REQUEST, type RequestContext } from './condition.ts';
import { matchesArn, matchesWildcard } from './matches-wildcard.ts';
import { type Caller, speaksOf } from './principal.ts';
import type { Statement } from './statement.ts';

/** One thing that somebody wants to do. */
export interface Need {
  /** As `dynamodb:PutItem`. */
  readonly action: string;
  readonly resource: string;
}

/** What of a policy allows something: an action and a resource as the policy writes them. */
export type GrantedPart = Need;

/** A policy of a resource holds for that resource and what is in it. */
export interface AttachedStatement {
  /** The ARN of a bucket, a queue or a secret. */
  readonly attachedTo: string;
  readonly statement: Statement;
}

/** The policies that have a say. */
export interface Policies {
  /** Those of the caller. */
  readonly identity: readonly Statement[];
  readonly attached: readonly AttachedStatement[];
}

/** Whether something may be done, by what part of which policies of the caller, or why not. */
export type Decision =
  | { readonly allowed: true; readonly by: readonly GrantedPart[] }
  | { readonly allowed: false; readonly because: Refusal };

/** No policy allows it, or one of these denies it. */
export type Refusal = 'not-allowed' | 'denied-by-identity' | 'denied-by-resource';

/**
 * Decides as IAM does within one account: what a policy denies is denied, whatever allows it; what a
 * policy of the caller or of the resource allows is allowed; all else is not. (IAM User Guide,
 * "Policy evaluation logic".)
 */
export function decide(
  caller: Caller,
  need: Need,
  { identity, attached }: Policies,
  context: RequestContext = LOCAL_REQUEST,
): Decision {
  const ofRole = identity.filter((one) => applies(one, need, context));
  const ofResource = attached
    .filter(({ attachedTo }) => isWithin(need.resource, attachedTo))
    .map(({ statement }) => statement)
    .filter((one) => applies(one, need, context))
    .filter(({ principals, effect }) => principals && speaksOf(principals, caller, effect));
  if (ofRole.some(denies)) return { allowed: false, because: 'denied-by-identity' };
  if (ofResource.some(denies)) return { allowed: false, because: 'denied-by-resource' };
  if (ofRole.length + ofResource.length === 0) return { allowed: false, because: 'not-allowed' };
  return { allowed: true, by: ofRole.flatMap((one) => matching(one, need)) };
}

function denies({ effect }: Statement): boolean {
  return effect === 'Deny';
}

function isWithin(resource: string, attachedTo: string): boolean {
  return resource === attachedTo || resource.startsWith(`${attachedTo}/`);
}

function applies(statement: Statement, need: Need, context: RequestContext): boolean {
  return matching(statement, need).length > 0 && conditionsHold(statement.conditions, context);
}

function matching({ actions, resources }: Statement, need: Need): GrantedPart[] {
  const wanted = need.action.toLowerCase();
  const fitting = actions.filter((one) => matchesWildcard(one.toLowerCase(), wanted));
  if (fitting.length === 0) return [];
  return resources
    .filter((resource) => matchesArn(resource, need.resource))
    .flatMap((resource) => fitting.map((action) => ({ action, resource })));
}
