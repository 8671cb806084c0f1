import type { AnalysisWindow } from '../batches/judge-item.ts';
import { timeFormat } from '../batches/response-format.ts';
import { fractionOf, pickOf } from '../chance.ts';
import { FREE_TEXT } from './pad-result.ts';
import { simulatePattern } from './simulate-pattern.ts';
import { writeTime } from './simulate-time.ts';

type Schema = Readonly<Record<string, unknown>>;

interface Context {
  readonly seed: string;
  readonly window: AnalysisWindow;
  readonly root: Schema;
  readonly depth: number;
  /** How many values may still be made, of the whole document. */
  readonly budget: { left: number };
}

/** A schema that refers to itself ends here: that deep, or at so many values. */
const MAX_DEPTH = 12;
const MAX_VALUES = 2_000;

/** A document that satisfies a JSON schema of the provider's subset; its strings say simulated. */
export function simulateJson(taskId: string, window: AnalysisWindow, schema: Schema): unknown {
  const budget = { left: MAX_VALUES };
  return valueFor('result', schema, { seed: taskId, window, root: schema, depth: 0, budget });
}

function valueFor(name: string, schema: Schema, from: Context): unknown {
  const context = { ...from, seed: `${from.seed} ${name}`, depth: from.depth + 1 };
  context.budget.left -= 1;
  if (context.depth > MAX_DEPTH || context.budget.left < 0) return null;
  if ('const' in schema) return schema['const'];
  const { enum: choices, anyOf, $ref: ref } = schema;
  if (Array.isArray(choices) && choices.length > 0) return pickOf(choices, context.seed);
  if (typeof ref === 'string') return valueFor(name, resolve(ref, context.root), context);
  if (Array.isArray(anyOf) && anyOf[0]) return valueFor(name, anyOf[0] as Schema, context);
  return typedValue(name, schema, context);
}

function typedValue(name: string, schema: Schema, context: Context): unknown {
  const isTime = name === 'start_time' || name === 'end_time';
  const seconds = name === 'end_time' ? context.window.end : context.window.start;
  switch (typeOf(schema)) {
    case 'object':
      return objectOf(schema, context);
    case 'array':
      return [valueFor('item', (schema['items'] ?? {}) as Schema, context)];
    case 'boolean':
      return fractionOf(context.seed) < 0.5;
    case 'null':
      return null;
    case 'timestamp':
      return writeTime(seconds, timeFormat.parse(schema['format']));
    case 'integer':
      return isTime ? Math.round(seconds) : integerOf(schema, context.seed);
    case 'number':
      return isTime ? seconds : Math.round(fractionOf(context.seed) * 1000) / 100;
    default:
      return isTime ? writeTime(seconds, 'hh:mm:ss.fff') : stringOf(name, schema);
  }
}

function typeOf(schema: Schema): unknown {
  const { type } = schema;
  if (type === undefined) return 'properties' in schema ? 'object' : 'string';
  return Array.isArray(type) ? type[0] : type;
}

/**
 * The properties in the order in which they are declared, but a required one first. Optional ones
 * are left out where a schema grows deep, so that recursion ends.
 */
function objectOf(schema: Schema, context: Context): object {
  const required = (schema['required'] ?? []) as readonly string[];
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
  const first = properties.find(([name]) => required.includes(name));
  const ordered = first ? [first, ...properties.filter((each) => each !== first)] : properties;
  return Object.fromEntries(
    ordered
      .filter(([name]) => context.depth < MAX_DEPTH / 2 || required.includes(name))
      .map(([name, property]) => [name, valueFor(name, property, context)]),
  );
}

function integerOf(schema: Schema, seed: string): number {
  const bound = (keyword: string) =>
    typeof schema[keyword] === 'number' ? (schema[keyword] as number) : undefined;
  const above = bound('exclusiveMinimum');
  const below = bound('exclusiveMaximum');
  const highest = bound('maximum') ?? (below === undefined ? undefined : Math.ceil(below) - 1);
  const lowest =
    bound('minimum') ?? (above === undefined ? Math.min(0, highest ?? 0) : Math.floor(above) + 1);
  const top = highest ?? lowest + 10;
  return (
    Math.ceil(lowest) + Math.floor(fractionOf(seed) * (Math.floor(top) - Math.ceil(lowest) + 1))
  );
}

function stringOf(name: string, { format, pattern }: Schema): string {
  if (format === 'uuid') return '00000000-0000-4000-8000-000000000000';
  if (format === 'date-time') return '2026-01-01T00:00:00Z';
  if (format === 'date') return '2026-01-01';
  if (format === 'time') return '00:00:00Z';
  if (typeof pattern === 'string') return simulatePattern(pattern);
  return `${FREE_TEXT}${name.replaceAll('_', ' ')}`;
}

function resolve(ref: string, root: Schema): Schema {
  const name = ref.split('/').at(-1) ?? '';
  const definitions = (root['$defs'] ?? {}) as Record<string, Schema>;
  return ref === '#' ? root : (definitions[name] ?? {});
}
