import { type ApiError, invalidParameter, UncodedError } from '../http/api-error.ts';
import { checkDepth, checkKeywordShapes, isObject, type JsonObject } from './schema-shape.ts';

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

/** A timestamp is a property of the document, or of the objects in a list of the document. */
const timestampPlaces = ['properties', 'properties/items/properties'];

/** Throws the refusal for what the provider's subset of JSON Schema does not have. */
export function checkJsonSchema(path: string, schema: JsonObject): void {
  checkDepth(path, schema);
  checkSchema(path, schema, []);
}

function checkSchema(path: string, schema: JsonObject, trail: readonly string[]): void {
  checkKeywordShapes(path, schema);
  checkKeywords(path, schema);
  if (kindsOf(schema).includes('timestamp')) checkTimestamp(path, schema, trail);
  for (const { keyword, name, child } of childrenOf(schema)) {
    const childPath = `${path}.${keyword}${name}`;
    if (!isObject(child)) throw invalidParameter(childPath, 'A schema is an object.');
    if (keyword === 'properties') checkReserved(childPath, name, child);
    checkSchema(childPath, child, [...trail, keyword]);
  }
}

function checkKeywords(path: string, schema: JsonObject): void {
  const kinds = kindsOf(schema);
  for (const keyword of unsupported) {
    if (keyword in schema) throw unsupportedKeyword(path, keyword);
  }
  for (const kind of kinds) {
    if (!types.includes(kind)) throw unsupportedKeyword(path, kind);
  }
  for (const keyword of integerBounds) {
    if (keyword in schema && !kinds.includes('integer')) throw unsupportedKeyword(path, keyword);
  }
  if ('minItems' in schema && schema['minItems'] !== 0 && schema['minItems'] !== 1) {
    throw unsupportedKeyword(path, 'minItems');
  }
  const { format } = schema;
  if (kinds.includes('string') && format !== undefined && !stringFormats.includes(`${format}`)) {
    throw unsupportedKeyword(path, 'format');
  }
  const choices = [schema['const'], ...((schema['enum'] ?? []) as unknown[])];
  if (choices.some((each) => typeof each === 'object' && each !== null)) {
    throw unsupportedKeyword(path, 'const' in schema ? 'const' : 'enum');
  }
}

function checkTimestamp(path: string, schema: JsonObject, trail: readonly string[]): void {
  if (!timeFormats.includes(`${schema['format']}`)) {
    throw invalidParameter(
      `${path}.format`,
      `format is required for timestamp type; allowed values: ${timeFormats.join(', ')}.`,
    );
  }
  if (timestampPlaces.includes(trail.join('/'))) return;
  throw invalidParameter(path, 'The timestamp type is not supported at this place.');
}

/** `start_time` and `end_time` are converted by their declared type, so not every type will do. */
function checkReserved(path: string, name: string, schema: JsonObject): void {
  if (name !== '.start_time' && name !== '.end_time') return;
  const { type } = schema;
  const isPlain = type === 'number' || type === 'integer' || type === 'timestamp';
  if (isPlain || (type === 'string' && !('format' in schema)) || type === undefined) return;
  throw invalidParameter(path, 'The name is reserved for a number, a string or a timestamp.');
}

interface Child {
  readonly keyword: string;
  /** Where it is below the keyword, as it is written in a path. */
  readonly name: string;
  readonly child: unknown;
}

function childrenOf({ properties, $defs, items, anyOf }: JsonObject): Child[] {
  const named = (keyword: string, value: unknown) =>
    Object.entries(value ?? {}).map(([name, child]) => ({ keyword, name: `.${name}`, child }));
  const choices = (anyOf ?? []) as unknown[];
  return [
    ...named('properties', properties),
    ...named('$defs', $defs),
    ...(items === undefined ? [] : [{ keyword: 'items', name: '', child: items }]),
    ...choices.map((child, index) => ({ keyword: 'anyOf', name: `[${index}]`, child })),
  ];
}

function kindsOf({ type }: JsonObject): readonly string[] {
  if (type === undefined) return [];
  return Array.isArray(type) ? type : [`${type}`];
}

function unsupportedKeyword(path: string, keyword: string): ApiError {
  return new UncodedError(422, 'parameter_invalid', `${path}: ${keyword} is not supported.`);
}
