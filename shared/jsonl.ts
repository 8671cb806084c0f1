const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** No result comes near: 98,304 tokens, every character of them escaped, are some 10 MB. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;
const FIRST_BYTES = 64 * 1024;

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
  let held = new HeldBytes(maxBytes);
  let offsetBytes = 0;
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      held.add(chunk.subarray(start, end));
      yield* contentOf(held, offsetBytes);
      offsetBytes += held.seenBytes + 1;
      held = new HeldBytes(maxBytes);
      start = end + 1;
    }
    held.add(chunk.subarray(start));
  }
  yield* contentOf(held, offsetBytes);
}

/** A line on its way, in one buffer that doubles: pieces may be as small as a byte. */
class HeldBytes {
  readonly #maxBytes: number;
  #buffer = Buffer.alloc(0);
  #heldBytes = 0;
  seenBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(piece: Uint8Array): void {
    this.seenBytes += piece.length;
    const taken = piece.subarray(0, this.#maxBytes - this.#heldBytes);
    if (taken.length === 0) return;
    const needed = this.#heldBytes + taken.length;
    if (needed > this.#buffer.length) {
      // What is whole at once takes no more than it needs: most lines are.
      const isFirst = this.#heldBytes === 0;
      const size = isFirst ? needed : Math.max(FIRST_BYTES, needed, 2 * this.#buffer.length);
      const larger = Buffer.allocUnsafeSlow(size);
      this.#buffer.copy(larger, 0, 0, this.#heldBytes);
      this.#buffer = larger;
    }
    this.#buffer.set(taken, this.#heldBytes);
    this.#heldBytes = needed;
  }

  get bytes(): Buffer {
    const bytes = this.#buffer.subarray(0, this.#heldBytes);
    // Who keeps a short line must not keep the room for a long one.
    return this.#buffer.length > 2 * bytes.length ? Buffer.from(bytes) : bytes;
  }

  get isCut(): boolean {
    return this.seenBytes > this.#heldBytes;
  }
}

function* contentOf({ bytes, isCut }: HeldBytes, lineOffset: number): Generator<Line> {
  const hasMark = lineOffset === 0 && BYTE_ORDER_MARK.every((byte, at) => bytes[at] === byte);
  const start = hasMark ? BYTE_ORDER_MARK.length : 0;
  const end = !isCut && bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
  if (start >= end) return;
  yield {
    offsetBytes: lineOffset + start,
    bytes: bytes.subarray(start, end),
    ...(isCut && { isCut }),
  };
}
