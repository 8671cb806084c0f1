import type { Item } from '../../../shared/store/table.ts';
import { type Expression, parseExpression } from './parse-expression.ts';
import { refuseExpression } from './refuse-expression.ts';

/** What stands for the `#names` and `:values` of an expression. */
export interface Placeholders {
  readonly names?: Readonly<Record<string, string>> | undefined;
  readonly values?: Readonly<Item> | undefined;
}

interface Parsed {
  readonly expression: Expression;
  readonly names: readonly string[];
  readonly values: readonly string[];
}

const parsedByText = new Map<string, Parsed>();

/**
 * The expression, parsed once a text.
 * @throws TypeError where placeholders lack, or are not used: DynamoDB refuses both
 */
export function expressionOf(text: string, { names, values }: Placeholders): Expression {
  let parsed = parsedByText.get(text);
  if (!parsed) {
    const expression = parseExpression(text);
    const used = [...new Set(placeholdersIn(expression))];
    parsed = {
      expression,
      names: used.filter((it) => it.startsWith('#')),
      values: used.filter((it) => it.startsWith(':')),
    };
    refuseExpression(text, parsed.names, parsed.values);
    parsedByText.set(text, parsed);
  }
  checkAll(text, parsed.names, names);
  checkAll(text, parsed.values, values);
  return parsed.expression;
}

/** The attribute that a name or a placeholder means. */
export function attributeOf(attribute: string, { names }: Placeholders): string {
  return attribute.startsWith('#') ? (names?.[attribute] ?? attribute) : attribute;
}

function checkAll(text: string, used: readonly string[], given: Readonly<Item> | undefined) {
  if (given === undefined && used.length === 0) return;
  const names = given ? Object.keys(given) : [];
  const fits = names.length === used.length && used.every((name) => given?.[name] !== undefined);
  if (!fits || names.length === 0) {
    throw new TypeError(`placeholders [${names}] do not fit the expression: ${text}`);
  }
}

function placeholdersIn(expression: Expression): string[] {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return [...placeholdersIn(expression.left), ...placeholdersIn(expression.right)];
    case 'not':
      return placeholdersIn(expression.of);
    case 'exists':
      return [expression.attribute];
    case 'in':
      return [expression.attribute, ...expression.values];
    case 'between':
      return [expression.attribute, expression.low, expression.high];
    default:
      return [expression.attribute, expression.value];
  }
}
