import { createRequire } from 'node:module';

/** Of dynalite, which has no types: says why an expression is none, in words of DynamoDB. */
const { validateExpressions } = createRequire(import.meta.url)('dynalite/validations/index.js') as {
  validateExpressions(input: {
    readonly ConditionExpression: string;
    readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
    readonly ExpressionAttributeValues?: Readonly<Record<string, { readonly S: string }>>;
  }): unknown;
};

/**
 * @throws TypeError for an expression that parses and that DynamoDB refuses all the same, for a
 * reserved word (`state`) or parentheses around parentheses
 */
export function refuseExpression(
  text: string,
  names: readonly string[],
  values: readonly string[],
): void {
  const problem = validateExpressions({
    ConditionExpression: text,
    ...(names.length > 0 && {
      ExpressionAttributeNames: Object.fromEntries(names.map((it, at) => [it, `name${at}`])),
    }),
    ...(values.length > 0 && {
      ExpressionAttributeValues: Object.fromEntries(values.map((it) => [it, { S: 'value' }])),
    }),
  });
  if (typeof problem === 'string') throw new TypeError(`${problem} in: ${text}`);
}
