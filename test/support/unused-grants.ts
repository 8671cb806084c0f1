import type { AccessRecord, Grant } from '../../local/cloud/access/authorizer.ts';

/** A right that may stay unused, for a reason, where its function has `besides` on the same resource. */
export interface Reviewed {
  readonly action: string;
  readonly besides: string;
  readonly why: string;
}

/**
 * The rights that functions have and did not use, a line each: `WakeDue dynamodb:Scan on table/Videos`.
 * A right to a table and its indexes is used when either was: a grant of CDK names both.
 */
export function unusedGrants({ grants }: AccessRecord, reviewed: readonly Reviewed[]): string[] {
  const held = new Set(grants.map(nameOf));
  const used = new Set(grants.filter(({ uses }) => uses > 0).map(nameOf));
  const isReviewed = (grant: Grant) =>
    reviewed.some(
      ({ action, besides }) =>
        action === grant.action && held.has(nameOf({ ...grant, action: besides })),
    );
  const unused = grants.filter((grant) => !used.has(nameOf(grant)) && !isReviewed(grant));
  return [...new Set(unused.map(nameOf))].toSorted();
}

function nameOf({ functionLogicalId, action, resource }: Grant): string {
  const who = functionLogicalId.replace(/Function[0-9A-F]{8}$|[0-9A-F]{8}$/, '');
  const what = resource
    .split(':')
    .slice(5)
    .join(':')
    .replace(/\/index\/\*$/, '');
  return `${who} ${action} on ${what || resource}`;
}
