import type { BatchItem } from '../batches/batch.ts';

/** Words of one to four bytes a character, since that is what a reader of chunks trips over. */
const WORDS = 'goal — naïve größe гол 試合 क्षण 🥅 ';
const WORDS_BYTES = Buffer.byteLength(WORDS);

/** How the free strings of simulated documents begin: those that may be of any length. */
export const FREE_TEXT = 'Simulated — ';

/** The text, padded to about as many bytes as the item is to have. */
export function padText(text: string, { resultBytes = 0 }: Pick<BatchItem, 'resultBytes'>): string {
  return text + padding(resultBytes - Buffer.byteLength(text));
}

/** The JSON of a document; its first free string makes it about as long as the item is to be. */
export function padJson(
  document: unknown,
  { resultBytes = 0 }: Pick<BatchItem, 'resultBytes'>,
): string {
  const json = JSON.stringify(document);
  const missing = padding(resultBytes - Buffer.byteLength(json));
  if (missing === '') return json;
  let isPadded = false;
  return JSON.stringify(document, (_, value: unknown) => {
    if (isPadded || typeof value !== 'string' || !value.startsWith(FREE_TEXT)) return value;
    isPadded = true;
    return value + missing;
  });
}

function padding(missingBytes: number): string {
  return missingBytes > 0
    ? ` ${WORDS.repeat(Math.ceil(missingBytes / WORDS_BYTES))}`.trimEnd()
    : '';
}
