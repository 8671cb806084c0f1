import { isJsonObject, type Json, type JsonObject } from './json.ts';

/** What the local cloud does with a property. */
export type Support =
  | { readonly kind: 'honoured' }
  /** Only these values; others would mean something that is not done. */
  | { readonly kind: 'values'; readonly values: readonly Json[] }
  /** Knowingly without effect on a laptop, for a reason. */
  | { readonly kind: 'no-effect'; readonly reason: string }
  /** An object, or a list of objects, with properties of its own. */
  | { readonly kind: 'nested'; readonly properties: SupportTable };

export interface SupportTable {
  readonly [property: string]: Support;
}

/** Properties that are done as the template says. */
export function honoured(...names: readonly string[]): SupportTable {
  return table(names, { kind: 'honoured' });
}

/** Properties that change nothing here, and why. */
export function withoutEffect(reason: string, ...names: readonly string[]): SupportTable {
  return table(names, { kind: 'no-effect', reason });
}

/** A property that is done for these values only. */
export function only(name: string, ...values: readonly Json[]): SupportTable {
  return { [name]: { kind: 'values', values } };
}

/** A property that has properties. */
export function nested(name: string, ...tables: readonly SupportTable[]): SupportTable {
  return { [name]: { kind: 'nested', properties: Object.assign({}, ...tables) } };
}

function table(names: readonly string[], support: Support): SupportTable {
  return Object.fromEntries(names.map((name) => [name, support]));
}

/** The part of `properties` that is honoured; tells `onProblem` of what is not known. */
export function honouredPart(
  properties: JsonObject,
  supported: SupportTable,
  onProblem: (property: string, problem: string) => void,
): JsonObject {
  const honouredOnes: [string, Json][] = [];
  for (const [name, value] of Object.entries(properties)) {
    const support = supported[name];
    if (!support) onProblem(name, 'is not supported');
    else if (support.kind === 'nested') {
      const onNested = (inner: string, problem: string) => onProblem(`${name}.${inner}`, problem);
      honouredOnes.push([name, honouredNested(value, support.properties, onNested)]);
    } else if (support.kind !== 'no-effect') {
      honouredOnes.push([name, value]);
      if (support.kind === 'values' && !support.values.some((one) => isSame(one, value))) {
        const known = support.values.map((one) => JSON.stringify(one)).join(' or ');
        onProblem(name, `is supported only as ${known}, not as ${JSON.stringify(value)}`);
      }
    }
  }
  return Object.fromEntries(honouredOnes);
}

function honouredNested(
  value: Json,
  properties: SupportTable,
  onProblem: (property: string, problem: string) => void,
): Json {
  if (Array.isArray(value)) return value.map((item) => honouredNested(item, properties, onProblem));
  if (isJsonObject(value)) return honouredPart(value, properties, onProblem);
  return value;
}

function isSame(one: Json, other: Json): boolean {
  return JSON.stringify(one) === JSON.stringify(other) || String(one) === other;
}
