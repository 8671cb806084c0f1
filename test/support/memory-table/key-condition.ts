import { stringOf } from './condition-expression.ts';
import type { Expression, Sign } from './parse-expression.ts';
import { attributeOf, expressionOf, type Placeholders } from './placeholders.ts';
import type { KeyRange } from './sorted-rows.ts';
import { inUtf8Order } from './utf8-order.ts';

/** What a query asks for: one partition, and a stretch of it. */
export interface KeyCondition {
  readonly hash: string;
  readonly range: KeyRange;
}

const never = () => false;
const everything: KeyRange = { isBelow: never, isAbove: never };

/**
 * The key condition of a query: `=` for the partition, and at most one test of the sort key.
 * @throws TypeError for any other: DynamoDB refuses it too
 */
export function keyConditionOf(
  text: string,
  given: Placeholders,
  keys: { readonly hash: string; readonly range?: string },
): KeyCondition {
  const tests = testsOf(expressionOf(text, given));
  const fail = (): never => {
    throw new TypeError(`not a key condition for ${keys.hash}, ${keys.range}: ${text}`);
  };
  const of = (name: string | undefined) =>
    tests.filter((it) => 'attribute' in it && attributeOf(it.attribute, given) === name);
  const [partition, ...others] = of(keys.hash);
  const [stretch, ...more] = of(keys.range);
  const known = (partition ? 1 : 0) + (stretch ? 1 : 0);
  if (partition?.kind !== 'compare' || partition.sign !== '=') return fail();
  if (others.length + more.length > 0 || known !== tests.length) return fail();
  const range = stretch ? rangeOf(stretch, given) : everything;
  return { hash: stringOf(partition.value, given), range: range ?? fail() };
}

function testsOf(expression: Expression): Expression[] {
  if (expression.kind !== 'and') return [expression];
  return [...testsOf(expression.left), ...testsOf(expression.right)];
}

function rangeOf(test: Expression, given: Placeholders): KeyRange | undefined {
  const keyOf = (placeholder: string) => inUtf8Order(stringOf(placeholder, given));
  if (test.kind === 'compare') return comparedWith(test.sign, keyOf(test.value));
  if (test.kind === 'between') return between(keyOf(test.low), keyOf(test.high));
  if (test.kind !== 'beginsWith') return undefined;
  const prefix = keyOf(test.value);
  return {
    isBelow: (key) => key < prefix,
    isAbove: (key) => key > prefix && !key.startsWith(prefix),
  };
}

function comparedWith(sign: Sign, value: string): KeyRange | undefined {
  switch (sign) {
    case '=':
      return between(value, value);
    case '<':
      return { isBelow: never, isAbove: (key) => key >= value };
    case '<=':
      return { isBelow: never, isAbove: (key) => key > value };
    case '>':
      return { isBelow: (key) => key <= value, isAbove: never };
    case '>=':
      return { isBelow: (key) => key < value, isAbove: never };
    case '<>':
      return undefined;
  }
}

function between(low: string, high: string): KeyRange {
  return { isBelow: (key) => key < low, isAbove: (key) => key > high };
}
