import { invalidParameter } from '../http/api-error.ts';

/** An object of a JSON document. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Not the provider's: it keeps the box from running out of stack. */
const MAX_DEPTH = 200;

const isText = (value: unknown) => typeof value === 'string';
const isFilledList = (value: unknown) => Array.isArray(value) && value.length > 0;
const isTextList = (value: unknown) => Array.isArray(value) && value.every(isText);

/** What the value of a keyword has to be, for those that are looked into. */
const shapes: readonly (readonly [string, (value: unknown) => boolean, string])[] = [
  ['type', (value) => isText(value) || (isFilledList(value) && isTextList(value)), 'a type'],
  ['properties', isObject, 'an object'],
  ['$defs', isObject, 'an object'],
  ['anyOf', isFilledList, 'a list that is not empty'],
  ['enum', isFilledList, 'a list that is not empty'],
  ['required', isTextList, 'a list of names'],
  ['$ref', isText, 'a string'],
  ['pattern', isText, 'a string'],
];

/** Throws the refusal for a keyword whose value has another shape than JSON Schema gives it. */
export function checkKeywordShapes(path: string, schema: JsonObject): void {
  for (const [keyword, fits, shape] of shapes) {
    if (!(keyword in schema) || fits(schema[keyword])) continue;
    throw invalidParameter(`${path}.${keyword}`, `It must be ${shape}.`);
  }
}

/** Throws the refusal for a document that is nested too deeply. */
export function checkDepth(path: string, value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) throw invalidParameter(path, `It is deeper than ${MAX_DEPTH} levels.`);
  for (const child of Object.values(value)) checkDepth(path, child, depth + 1);
}

/** Whether a value of a JSON document is an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
