import { type Item, UnstorableError } from '../../../shared/store/table.ts';
import { keyAttributes, tableIndexes } from '../table-indexes.ts';

const HASH_KEY_BYTES = 2048;
const RANGE_KEY_BYTES = 1024;
const hashKeys = new Set(['pk', ...tableIndexes.map(({ hash }) => hash)]);

/**
 * A copy of attributes as DynamoDB would keep them: without what is undefined, however deep.
 * @throws UnstorableError for a key, of the table or of an index, that DynamoDB refuses
 * @throws TypeError for what is not JSON
 */
export function storedCopy(attributes: Item): Item {
  for (const name of keyAttributes) {
    const problem = attributes[name] === undefined ? undefined : keyProblem(name, attributes[name]);
    if (problem) throw new UnstorableError(problem);
  }
  return copyOfMap(attributes);
}

/** The item with other attributes set (or, where undefined, removed); `item` stays as it is. */
export function updatedItem(item: Item, changes: Item): Item {
  const updated: Item = {};
  for (const name in item) if (!Object.hasOwn(changes, name)) updated[name] = item[name];
  return Object.assign(updated, storedCopy(changes));
}

/** A copy of what is stored: nobody who changes it changes that. */
export function answeredCopy(item: Item): Item {
  const copy = { ...item };
  for (const name in copy) {
    const value = copy[name];
    if (typeof value === 'object' && value !== null) copy[name] = copyOf(value);
  }
  return copy;
}

/** Why DynamoDB would not take a key; undefined when it would. */
export function keyProblem(name: string, key: unknown): string | undefined {
  if (typeof key !== 'string' || key === '') return `the key ${name} must be a string, not empty`;
  const most = hashKeys.has(name) ? HASH_KEY_BYTES : RANGE_KEY_BYTES;
  // No character takes more than three bytes a UTF-16 unit.
  if (key.length * 3 <= most || Buffer.byteLength(key) <= most) return undefined;
  return `the key ${name} exceeds ${most} bytes`;
}

function copyOf(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return checkedNumber(value);
    case 'object':
      if (value === null) return null;
      if (Array.isArray(value)) return value.filter((it) => it !== undefined).map(copyOf);
      if (isPlain(value)) return copyOfMap(value);
  }
  throw new TypeError(`the memory table keeps no ${typeof value}: ${String(value)}`);
}

function copyOfMap(map: object): Item {
  const copy: Item = {};
  for (const [name, value] of Object.entries(map)) {
    if (value !== undefined) copy[name] = copyOf(value);
  }
  return copy;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** @throws TypeError as the SDK throws, for a number that would not come back the same */
function checkedNumber(value: number): number {
  if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) {
    throw new TypeError(`the SDK does not send the number ${value}`);
  }
  // DynamoDB knows no negative zero.
  return value === 0 ? 0 : value;
}
