const UPPERMOST = /[\ud800-\uffff]/;

/**
 * A string whose order by JavaScript's `<` is the order of the given one by the bytes of its UTF-8,
 * which is DynamoDB's; else an emoji would come before the full-width letters. Prefixes stay ones.
 */
export function inUtf8Order(text: string): string {
  if (!UPPERMOST.test(text)) return text;
  return Array.from({ length: text.length }, (_, at) => moved(text.charCodeAt(at))).join('');
}

/** Moves the halves of surrogate pairs, which UTF-16 has below its last characters, above them. */
function moved(unit: number): string {
  if (unit < 0xd800) return String.fromCharCode(unit);
  return String.fromCharCode(unit >= 0xe000 ? unit - 0x800 : unit + 0x2000);
}
