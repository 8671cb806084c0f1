import * as z from 'zod';

const metadataValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);

/** What an upload may bring with it. */
export const userMetadata = z.record(z.string(), metadataValue);

/** What a user has noted about an asset. */
export type UserMetadata = Readonly<z.infer<typeof userMetadata>>;

/** The body of a request that changes the metadata of an asset; null is a key to delete. */
export const metadataChange = z.strictObject({
  user_metadata: z.record(z.string(), metadataValue.nullable()),
});

type Change = z.infer<typeof metadataChange>['user_metadata'];

/** Metadata with changes merged in: null deletes a key, an empty string or array leaves it alone. */
export function mergedMetadata(before: UserMetadata, change: Change): UserMetadata {
  return withoutNulls({ ...before, ...withoutBlanks(change) });
}

/** Metadata that takes the place of all there was; keys without a value are ignored. */
export function replacedMetadata(change: Change): UserMetadata {
  return withoutNulls(withoutBlanks(change));
}

function withoutBlanks(change: Change): Change {
  const entries = Object.entries(change);
  return Object.fromEntries(entries.filter(([, value]) => value === null || !isBlank(value)));
}

function withoutNulls(change: Change): UserMetadata {
  return Object.fromEntries(
    Object.entries(change).flatMap(([key, value]) => (value === null ? [] : [[key, value]])),
  );
}

function isBlank(value: NonNullable<Change[string]>): boolean {
  return value === '' || (Array.isArray(value) && value.length === 0);
}
