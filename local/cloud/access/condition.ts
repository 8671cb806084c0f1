import { CloudError } from '../cloud-error.ts';
import { ACCOUNT_ID } from '../cloud-region.ts';
import type { JsonObject } from '../template/json.ts';
import { matchesArn, matchesWildcard } from './matches-wildcard.ts';

/** What a statement demands of a request besides its action and resource. */
export interface Condition {
  readonly operator: string;
  /** The condition key in lower case: keys have no case. */
  readonly key: string;
  readonly values: readonly string[];
}

/** What a request says of itself, by condition key in lower case. */
export type RequestContext = Readonly<Record<string, string>>;

const OPERATORS: Readonly<Record<string, (value: string, given: string) => boolean>> = {
  Bool: (value, given) => value.toLowerCase() === given,
  StringEquals: (value, given) => value === given,
  StringLike: matchesWildcard,
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
  NumericLessThan: (value, given) => Number(given) < Number(value),
};

const KEYS = ['aws:securetransport', 's3:tlsversion', 'aws:sourceaccount', 'aws:sourcearn'];

/**
 * What is true of every request here. There is no TLS on loopback: for policies that demand it, each
 * request counts as having come by the newest.
 */
export const LOCAL_REQUEST: RequestContext = {
  'aws:securetransport': 'true',
  's3:tlsversion': '1.3',
};

/** What a service says of itself when it acts for a resource of this account. */
export function onBehalfOf(sourceArn: string): RequestContext {
  return { ...LOCAL_REQUEST, 'aws:sourceaccount': ACCOUNT_ID, 'aws:sourcearn': sourceArn };
}

/** The conditions of a statement; refuses those that can't be evaluated here. */
export function readConditions(
  block: Readonly<Record<string, JsonObject>>,
  where: string,
): Condition[] {
  return Object.entries(block).flatMap(([operator, tests]) =>
    Object.entries(tests).map(([name, given]) => {
      const key = name.toLowerCase();
      if (!OPERATORS[operator] || !KEYS.includes(key)) {
        throw new CloudError(
          `${where}: the condition ${operator} of ${name} can not be evaluated by the local cloud`,
        );
      }
      return { operator, key, values: [given].flat().map(String) };
    }),
  );
}

/** Whether all conditions hold; one about what the request does not say never does. */
export function conditionsHold(conditions: readonly Condition[], context: RequestContext): boolean {
  return conditions.every(({ operator, key, values }) => {
    const given = context[key];
    const holds = OPERATORS[operator];
    return given !== undefined && holds !== undefined && values.some((one) => holds(one, given));
  });
}
