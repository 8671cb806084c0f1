const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** No result comes near: 98,304 tokens, every character of them escaped, are some 10 MB. */
export const MAX_LINE_BYTES = 32 * 1024 * 1024;

/** One line of a stream, as raw bytes without its end, and where it begins. */
export interface Line {
  readonly offsetBytes: number;
  readonly bytes: Uint8Array;
  /** It is longer than any line may be: `bytes` holds its beginning. */
  readonly isCut?: true;
}

/**
 * The lines of a stream of bytes, whatever pieces it comes in: a last line needs no end, CR before
 * LF and a leading byte order mark are left off, blank lines are passed over. Bytes are split on
 * 0x0A, which stands inside no UTF-8 character, so a character cut in two by a piece stays whole.
 * Of a line above `maxBytes` no more than that is held.
 */
export async function* splitLines(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes = MAX_LINE_BYTES,
): AsyncGenerator<Line> {
  let pieces: Uint8Array[] = [];
  let offsetBytes = 0;
  let seenBytes = 0;
  const hold = (piece: Uint8Array) => {
    if (seenBytes < maxBytes) pieces.push(piece.subarray(0, maxBytes - seenBytes));
    seenBytes += piece.length;
  };
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      hold(chunk.subarray(start, end));
      yield* contentOf(pieces, offsetBytes, seenBytes > maxBytes);
      offsetBytes += seenBytes + 1;
      pieces = [];
      seenBytes = 0;
      start = end + 1;
    }
    hold(chunk.subarray(start));
  }
  yield* contentOf(pieces, offsetBytes, seenBytes > maxBytes);
}

function* contentOf(
  pieces: readonly Uint8Array[],
  lineOffset: number,
  isCut: boolean,
): Generator<Line> {
  const raw = Buffer.concat(pieces);
  const hasMark = lineOffset === 0 && BYTE_ORDER_MARK.every((byte, at) => raw[at] === byte);
  const start = hasMark ? BYTE_ORDER_MARK.length : 0;
  const end = !isCut && raw.at(-1) === CARRIAGE_RETURN ? raw.length - 1 : raw.length;
  if (start >= end) return;
  yield {
    offsetBytes: lineOffset + start,
    bytes: raw.subarray(start, end),
    ...(isCut && { isCut }),
  };
}
