import type { TwelvelabsApi } from 'twelvelabs-js';

export const marshallOptions = { removeUndefinedValues: true };

/** The row for a line as the SDK gives it: all of it, as a map. */
export function itemOf(line: TwelvelabsApi.BatchResultItem) {
  const { customId } = line;
  return { pk: `RESULT#${customId}`, sk: 'RESULT', customId, result: line };
}
