import type { Item } from '../../../shared/store/table.ts';
import type { Between, Comparison, Expression } from './parse-expression.ts';
import { attributeOf, expressionOf, type Placeholders } from './placeholders.ts';
import { inUtf8Order } from './utf8-order.ts';

type Scalar = string | number | boolean | null;

const NOTHING: Item = {};

/**
 * Whether a condition holds for an item, or for none, as DynamoDB says: what is absent, or of another type than
 * the value, is neither equal nor less nor greater, so that only `<>` holds for it.
 * @throws TypeError for what the memory table can't say: see parseExpression
 */
export function conditionHolds(item: Item | undefined, text: string, given: Placeholders): boolean {
  return holds(expressionOf(text, given), item ?? NOTHING, given);
}

function holds(expression: Expression, item: Item, given: Placeholders): boolean {
  switch (expression.kind) {
    // Both sides, so that what can't be said throws whatever the other side says.
    case 'and': {
      const left = holds(expression.left, item, given);
      return holds(expression.right, item, given) && left;
    }
    case 'or': {
      const left = holds(expression.left, item, given);
      return holds(expression.right, item, given) || left;
    }
    case 'not':
      return !holds(expression.of, item, given);
    default:
      return holdsFor(item[attributeOf(expression.attribute, given)], expression, given);
  }
}

type Test = Exclude<Expression, { kind: 'and' | 'or' | 'not' }>;

function holdsFor(actual: unknown, test: Test, given: Placeholders): boolean {
  switch (test.kind) {
    case 'exists':
      return (actual !== undefined) === test.wanted;
    case 'compare':
      return compares(actual, test, given);
    case 'in':
      return test.values.map((value) => scalarOf(value, given)).includes(actual as Scalar);
    case 'between':
      return isBetween(actual, test, given);
    case 'beginsWith':
      return typeof actual === 'string' && actual.startsWith(stringOf(test.value, given));
  }
}

function compares(actual: unknown, { sign, value }: Comparison, given: Placeholders): boolean {
  const wanted = scalarOf(value, given);
  if (sign === '=') return actual === wanted;
  if (sign === '<>') return actual !== wanted;
  const order = orderOf(actual, wanted);
  if (order === undefined) return false;
  if (sign === '<') return order < 0;
  if (sign === '<=') return order <= 0;
  return sign === '>' ? order > 0 : order >= 0;
}

function isBetween(actual: unknown, { low, high }: Between, given: Placeholders): boolean {
  const [from, to] = [scalarOf(low, given), scalarOf(high, given)];
  const span = orderOf(from, to);
  if (span === undefined || span > 0) {
    throw new TypeError(`nothing is between ${from} and ${to}: DynamoDB refuses it`);
  }
  return (orderOf(actual, from) ?? -1) >= 0 && (orderOf(actual, to) ?? 1) <= 0;
}

/** Below, at or above 0; undefined for what is not of the wanted value's type. */
function orderOf(actual: unknown, wanted: Scalar): number | undefined {
  if (typeof wanted === 'number') return typeof actual === 'number' ? actual - wanted : undefined;
  if (typeof wanted !== 'string') throw new TypeError(`DynamoDB does not order by ${wanted}`);
  if (typeof actual !== 'string') return undefined;
  if (actual === wanted) return 0;
  return inUtf8Order(actual) < inUtf8Order(wanted) ? -1 : 1;
}

/** @throws TypeError for a list or a map, which the store never compares with */
function scalarOf(placeholder: string, { values }: Placeholders): Scalar {
  const value = values?.[placeholder];
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) {
    return value as Scalar;
  }
  throw new TypeError(`the memory table does not compare with the value of ${placeholder}`);
}

/** @throws TypeError for another type: DynamoDB refuses it */
export function stringOf(placeholder: string, { values }: Placeholders): string {
  const value = values?.[placeholder];
  if (typeof value === 'string') return value;
  throw new TypeError(`the value of ${placeholder} must be a string`);
}
