import * as z from 'zod';
import { CloudError } from '../cloud-error.ts';
import { ACCOUNT_ID } from '../cloud-region.ts';
import type { Json } from '../template/json.ts';

/** Whom a statement speaks of. */
export interface Principals {
  /** ARNs, account ids, or `*` for everybody. */
  readonly aws: readonly string[];
  /** As `lambda.amazonaws.com`. */
  readonly services: readonly string[];
}

/** Who asks: a role of this account, or a service of AWS. */
export type Caller = { readonly roleArn: string } | { readonly service: string };

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((it) => [it].flat());
const principals = z.union([
  z.literal('*').transform(() => ({ AWS: ['*'], Service: [] })),
  z.strictObject({ AWS: oneOrMore.default([]), Service: oneOrMore.default([]) }),
]);

/** The principals of a statement; refuses users of elsewhere. */
export function readPrincipals(value: Json, where: string): Principals {
  const result = principals.safeParse(value);
  if (result.success) return { aws: result.data.AWS, services: result.data.Service };
  throw new CloudError(
    `${where}: the local cloud knows no principal ${JSON.stringify(value)}, only AWS and Service`,
  );
}

/**
 * Whether a statement speaks of the caller. The account as a principal means all of its roles when
 * something is denied; when it is allowed, that roles may be allowed it by policies of their own.
 */
export function speaksOf(
  { aws, services }: Principals,
  caller: Caller,
  effect: 'Allow' | 'Deny',
): boolean {
  if (aws.includes('*')) return true;
  if ('service' in caller) return services.includes(caller.service);
  const account = [ACCOUNT_ID, `arn:aws:iam::${ACCOUNT_ID}:root`];
  return aws.some((one) => one === caller.roleArn || (effect === 'Deny' && account.includes(one)));
}
