import type { AnalysisWindow } from '../batches/judge-item.ts';
import { timeFormat } from '../batches/response-format.ts';
import { fractionOf, pickOf } from '../chance.ts';
import { writeTime } from './simulate-time.ts';

type Schema = Readonly<Record<string, unknown>>;

interface Context {
  readonly seed: string;
  readonly window: AnalysisWindow;
  readonly root: Schema;
  readonly depth: number;
}

/** A schema that refers to itself ends here. */
const MAX_DEPTH = 12;

/** Tried in turn against a `pattern`; a pattern that none of them matches is not kept. */
const candidates = ['Simulated', 'simulated', 'A', 'a', '0', '00', '12:00', '2026-01-01', 'A1', ''];

/** A document that satisfies a JSON schema of the provider's subset; its strings say simulated. */
export function simulateJson(taskId: string, window: AnalysisWindow, schema: Schema): unknown {
  return valueFor('result', schema, { seed: taskId, window, root: schema, depth: 0 });
}

function valueFor(name: string, schema: Schema, from: Context): unknown {
  const context = { ...from, seed: `${from.seed} ${name}`, depth: from.depth + 1 };
  if (context.depth > MAX_DEPTH) return null;
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

/** Optional properties are left out where a schema grows deep, so that recursion ends. */
function objectOf(schema: Schema, context: Context): object {
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.fromEntries(
    Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)
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

function stringOf(name: string, schema: Schema): string {
  const { format, pattern } = schema;
  if (format === 'uuid') return '00000000-0000-4000-8000-000000000000';
  if (format === 'date-time') return '2026-01-01T00:00:00Z';
  if (format === 'date') return '2026-01-01';
  if (format === 'time') return '00:00:00Z';
  const text = `Simulated — ${name.replaceAll('_', ' ')}`;
  return typeof pattern === 'string' ? matching(pattern, text) : text;
}

function matching(pattern: string, text: string): string {
  try {
    const expression = new RegExp(pattern, 'u');
    return [text, ...candidates].find((candidate) => expression.test(candidate)) ?? text;
  } catch {
    return text;
  }
}

function resolve(ref: string, root: Schema): Schema {
  const name = ref.split('/').at(-1) ?? '';
  const definitions = (root['$defs'] ?? {}) as Record<string, Schema>;
  return ref === '#' ? root : (definitions[name] ?? {});
}
