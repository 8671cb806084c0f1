import { ApiError, invalidParameter } from '../http/api-error.ts';

const types = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string', 'timestamp'];
const unsupported = [
  'minLength',
  'maxLength',
  'additionalProperties',
  'uniqueItems',
  'maxItems',
  'oneOf',
  'allOf',
  'not',
];
const integerBounds = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'];
const stringFormats = ['uuid', 'date-time', 'date', 'time'];
const timeFormats = ['seconds', 'hh:mm:ss', 'hh:mm:ss.fff'];

/** Not the provider's: it keeps the box from running out of stack. */
const MAX_DEPTH = 100;

type JsonObject = Readonly<Record<string, unknown>>;

/** Throws the refusal for what the provider's subset of JSON Schema does not have. */
export function checkJsonSchema(path: string, schema: JsonObject, depth = 0): void {
  if (depth > MAX_DEPTH) throw invalidParameter(path, `It is deeper than ${MAX_DEPTH} levels.`);
  checkKeywords(path, schema);
  for (const [key, child] of childrenOf(schema)) {
    const childPath = `${path}.${key}`;
    if (!isObject(child)) throw invalidParameter(childPath, 'A schema is an object.');
    if (key.startsWith('properties.')) checkReserved(childPath, key, child);
    checkJsonSchema(childPath, child, depth + 1);
  }
}

function checkKeywords(path: string, schema: JsonObject): void {
  const { type } = schema;
  for (const keyword of unsupported) {
    if (keyword in schema) throw unsupportedKeyword(path, keyword);
  }
  if (typeof type === 'string' && !types.includes(type)) throw unsupportedKeyword(path, type);
  for (const keyword of integerBounds) {
    if (keyword in schema && type !== 'integer') throw unsupportedKeyword(path, keyword);
  }
  if ('minItems' in schema && schema['minItems'] !== 0 && schema['minItems'] !== 1) {
    throw unsupportedKeyword(path, 'minItems');
  }
  if (type === 'timestamp' && !timeFormats.includes(String(schema['format']))) {
    throw invalidParameter(
      `${path}.format`,
      `format is required for timestamp type; allowed values: ${timeFormats.join(', ')}.`,
    );
  }
  if (
    type === 'string' &&
    'format' in schema &&
    !stringFormats.includes(String(schema['format']))
  ) {
    throw unsupportedKeyword(path, 'format');
  }
}

/** `start_time` and `end_time` are converted by their declared type, so not every type will do. */
function checkReserved(path: string, key: string, schema: JsonObject): void {
  if (key !== 'properties.start_time' && key !== 'properties.end_time') return;
  const { type } = schema;
  const isPlain = type === 'number' || type === 'integer' || type === 'timestamp';
  if (isPlain || (type === 'string' && !('format' in schema)) || type === undefined) return;
  throw invalidParameter(path, 'The name is reserved for a number, a string or a timestamp.');
}

function childrenOf(schema: JsonObject): [string, unknown][] {
  const { properties, $defs, items, anyOf } = schema;
  return [
    ...entriesOf('properties', properties),
    ...entriesOf('$defs', $defs),
    ...(items === undefined ? [] : [['items', items] as [string, unknown]]),
    ...(Array.isArray(anyOf)
      ? anyOf.map((each, i): [string, unknown] => [`anyOf[${i}]`, each])
      : []),
  ];
}

function entriesOf(name: string, value: unknown): [string, unknown][] {
  return isObject(value)
    ? Object.entries(value).map(([key, each]) => [`${name}.${key}`, each])
    : [];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unsupportedKeyword(path: string, keyword: string): ApiError {
  return new ApiError(422, 'parameter_invalid', `${path}: ${keyword} is not supported.`);
}
