/** Any JSON. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** The way to a place in a value. */
export type Place = readonly (string | number)[];

/** Every place in a value, the whole of it first. */
export function placesIn(value: Json): Place[] {
  if (typeof value !== 'object' || value === null) return [[]];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  const inside = keys.flatMap((key) =>
    placesIn((value as Record<string | number, Json>)[key] ?? null).map((place) => [key, ...place]),
  );
  return [[], ...inside];
}

/** The value with another one in one of its places. */
export function spoilt(value: Json, [key, ...rest]: Place, other: Json): Json {
  if (key === undefined) return other;
  const inside = spoilt((value as Record<string | number, Json>)[key] ?? null, rest, other);
  if (Array.isArray(value)) return value.with(Number(key), inside);
  return { ...(value as Record<string, Json>), [key]: inside };
}
