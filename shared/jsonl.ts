const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** One line of a stream, as raw bytes without its end, and where it begins. */
export interface Line {
  readonly offsetBytes: number;
  readonly bytes: Uint8Array;
}

/**
 * The lines of a stream of bytes, whatever pieces it comes in: a last line needs no end, CR before
 * LF and a leading byte order mark are left off, blank lines are passed over. Bytes are split on
 * 0x0A, which stands inside no UTF-8 character, so a character cut in two by a piece stays whole.
 */
export async function* splitLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let pieces: Uint8Array[] = [];
  let offsetBytes = 0;
  let heldBytes = 0;
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      pieces.push(chunk.subarray(start, end));
      const rawBytes = heldBytes + end - start;
      yield* contentOf(pieces, offsetBytes);
      offsetBytes += rawBytes + 1;
      pieces = [];
      heldBytes = 0;
      start = end + 1;
    }
    pieces.push(chunk.subarray(start));
    heldBytes += chunk.length - start;
  }
  yield* contentOf(pieces, offsetBytes);
}

function* contentOf(pieces: readonly Uint8Array[], lineOffset: number): Generator<Line> {
  const raw = Buffer.concat(pieces);
  const hasMark = lineOffset === 0 && BYTE_ORDER_MARK.every((byte, at) => raw[at] === byte);
  const start = hasMark ? BYTE_ORDER_MARK.length : 0;
  const end = raw.at(-1) === CARRIAGE_RETURN ? raw.length - 1 : raw.length;
  if (start < end) yield { offsetBytes: lineOffset + start, bytes: raw.subarray(start, end) };
}
