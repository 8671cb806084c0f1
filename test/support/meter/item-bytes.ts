/** A value as DynamoDB's JSON has it: `{"S": "…"}`. */
export type Attribute = Readonly<Record<string, unknown>>;
/** An item in DynamoDB's JSON. */
export type Item = Readonly<Record<string, Attribute>>;

/** DynamoDB adds so much to each list and map, and a byte to each of their members. */
const DOCUMENT_BYTES = 3;

/**
 * The bytes that DynamoDB counts for an item: names and values in UTF-8, numbers at two digits a
 * byte.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Item): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );
}

function valueBytes(attribute: Attribute): number {
  const [[type, value] = []] = Object.entries(attribute);
  switch (type) {
    case 'S':
      return Buffer.byteLength(String(value));
    case 'N':
      return numberBytes(String(value));
    case 'B':
      return Buffer.byteLength(String(value), 'base64');
    case 'L':
      return membersBytes(value as Attribute[]);
    case 'M':
      return membersBytes(Object.values(value as Item)) + namesBytes(value as Item);
    case 'SS':
      return sum((value as string[]).map((it) => Buffer.byteLength(it)));
    case 'NS':
      return sum((value as string[]).map(numberBytes));
    default:
      return 1;
  }
}

function membersBytes(members: readonly Attribute[]): number {
  return DOCUMENT_BYTES + sum(members.map((it) => 1 + valueBytes(it)));
}

function namesBytes(map: Item): number {
  return sum(Object.keys(map).map((it) => Buffer.byteLength(it)));
}

function numberBytes(text: string): number {
  const digits = text
    .replace(/e.*$/i, '')
    .replaceAll(/[-.]/g, '')
    .replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, it) => total + it, 0);
}
