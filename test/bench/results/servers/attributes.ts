/** A value as DynamoDB's JSON has it: `{"S": "…"}`. */
export type Attribute = Readonly<Record<string, unknown>>;
/** An item, or the `M` of one. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** An item of strings, numbers and nothing else, in DynamoDB's JSON. */
export function attributesOf(item: object): Attributes {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      typeof value === 'number' ? { N: String(value) } : { S: String(value) },
    ]),
  );
}

/** What a value of DynamoDB's JSON stands for. */
export function plainOf(attribute: Attribute | undefined): unknown {
  const [[type, value] = []] = Object.entries(attribute ?? {});
  if (type === 'N') return Number(value);
  if (type === 'L') return (value as Attribute[]).map(plainOf);
  if (type !== 'M') return value;
  return Object.fromEntries(
    Object.entries(value as Attributes).map(([name, each]) => [name, plainOf(each)]),
  );
}
