/** A condition, parsed; `attribute` is a name or a `#placeholder`, values are `:placeholders`. */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'exists'; readonly attribute: string; readonly wanted: boolean }
  | ({ readonly kind: 'compare' } & Comparison)
  | { readonly kind: 'in'; readonly attribute: string; readonly values: readonly string[] }
  | Between
  | { readonly kind: 'beginsWith'; readonly attribute: string; readonly value: string };

export interface Comparison {
  readonly attribute: string;
  readonly sign: Sign;
  readonly value: string;
}

export interface Between {
  readonly kind: 'between';
  readonly attribute: string;
  readonly low: string;
  readonly high: string;
}

const signs = ['=', '<>', '<', '<=', '>', '>='] as const;
export type Sign = (typeof signs)[number];

const TOKEN = /\s*(<>|<=|>=|[=<>(),]|[:#]\w+|[A-Za-z_]\w*)/y;
const keywords = ['AND', 'OR', 'NOT', 'IN', 'BETWEEN'];

/**
 * Parses a condition of the grammar that the store uses: whole attributes on the left, values on
 * the right.
 * @throws TypeError for anything else, even where DynamoDB knows it: a guess would be no test
 */
export function parseExpression(text: string): Expression {
  const tokens = new Tokens(text);
  const parsed = parseOr(tokens);
  if (!tokens.atEnd) tokens.fail();
  return parsed;
}

function parseOr(tokens: Tokens): Expression {
  let left = parseAnd(tokens);
  while (tokens.take('OR')) left = { kind: 'or', left, right: parseAnd(tokens) };
  return left;
}

function parseAnd(tokens: Tokens): Expression {
  let left = parseNot(tokens);
  while (tokens.take('AND')) left = { kind: 'and', left, right: parseNot(tokens) };
  return left;
}

function parseNot(tokens: Tokens): Expression {
  if (tokens.take('NOT')) return { kind: 'not', of: parseNot(tokens) };
  if (!tokens.take('(')) return parseTest(tokens);
  const inner = parseOr(tokens);
  tokens.expect(')');
  return inner;
}

function parseTest(tokens: Tokens): Expression {
  const attribute = tokens.attribute();
  if (tokens.take('(')) return parseCall(tokens, attribute);
  if (tokens.take('IN')) return { kind: 'in', attribute, values: tokens.list() };
  if (tokens.take('BETWEEN')) {
    const low = tokens.value();
    tokens.expect('AND');
    return { kind: 'between', attribute, low, high: tokens.value() };
  }
  const sign = signs.find((it) => tokens.take(it)) ?? tokens.fail();
  return { kind: 'compare', attribute, sign, value: tokens.value() };
}

function parseCall(tokens: Tokens, name: string): Expression {
  const attribute = tokens.attribute();
  if (name === 'begins_with') {
    tokens.expect(',');
    const value = tokens.value();
    tokens.expect(')');
    return { kind: 'beginsWith', attribute, value };
  }
  if (name !== 'attribute_exists' && name !== 'attribute_not_exists') return tokens.fail();
  tokens.expect(')');
  return { kind: 'exists', attribute, wanted: name === 'attribute_exists' };
}

/** The words and signs of an expression, taken one after the other. */
class Tokens {
  readonly #text: string;
  readonly #tokens: string[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    TOKEN.lastIndex = 0;
    let end = 0;
    for (let match = TOKEN.exec(text); match?.[1]; match = TOKEN.exec(text)) {
      this.#tokens.push(match[1]);
      end = TOKEN.lastIndex;
    }
    if (text.slice(end).trim() !== '') this.fail();
  }

  get atEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  /** Takes the token if it comes next; keywords in any case, as in DynamoDB. */
  take(token: string): boolean {
    const next = this.#tokens[this.#at];
    const taken = next === token || (keywords.includes(token) && next?.toUpperCase() === token);
    if (taken) this.#at++;
    return taken;
  }

  expect(token: string): void {
    if (!this.take(token)) this.fail();
  }

  attribute(): string {
    const token = this.#next(/^[#A-Za-z_]/);
    return keywords.includes(token.toUpperCase()) ? this.fail() : token;
  }

  value(): string {
    return this.#next(/^:/);
  }

  list(): string[] {
    this.expect('(');
    const values = [this.value()];
    while (this.take(',')) values.push(this.value());
    this.expect(')');
    return values;
  }

  fail(): never {
    throw new TypeError(`the memory table can't parse the expression: ${this.#text}`);
  }

  #next(form: RegExp): string {
    const token = this.#tokens[this.#at++];
    return token !== undefined && form.test(token) ? token : this.fail();
  }
}
