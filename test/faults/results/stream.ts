import type { Chance } from './chance.ts';
import type { MadeLine } from './lines.ts';
import { LONGEST_LINE_BYTES } from './stray-lines.ts';

/** A line with its place in the stream. */
export interface PlacedLine extends MadeLine {
  readonly start: number;
  readonly end: number;
  /** Where the next one may begin: its line feed has come by then. */
  readonly next: number;
}

/** The body of an answer, and which bytes of it are what. */
export interface Stream {
  readonly body: Buffer;
  readonly lines: readonly PlacedLine[];
  readonly markBytes: number;
}

/** What of a stream has come to its reader. */
export interface Heard {
  /** The lines that came whole. */
  readonly lines: readonly PlacedLine[];
  /** The beginning of a line at a clean end of the stream: a line of its own to who reads it. */
  readonly fragment?: PlacedLine;
}

const MARK = Buffer.of(0xef, 0xbb, 0xbf);

/** Writes lines one after the other, in the ways that a client has to put up with. */
export function streamOf(chance: Chance, lines: readonly MadeLine[]): Stream {
  const ends = chance.pick<readonly [string, ...string[]]>([
    ['\n'],
    ['\n'],
    ['\r\n'],
    ['\n', '\r\n'],
  ]);
  const blanks = chance.is(0.3) ? 0.4 : 0;
  const mark = chance.is(0.15) ? MARK : Buffer.alloc(0);
  const pieces: Buffer[] = [mark];
  const placed: PlacedLine[] = [];
  let at = mark.length;
  const write = (piece: Buffer) => {
    pieces.push(piece);
    at += piece.length;
  };
  for (const [number, line] of lines.entries()) {
    while (chance.is(blanks)) write(Buffer.from(chance.pick(ends)));
    const start = at;
    write(line.bytes);
    const end = at;
    const isLast = number === lines.length - 1;
    const hasEnd = !isLast || chance.is(0.5);
    if (hasEnd) write(Buffer.from(chance.pick(ends)));
    placed.push({ ...line, start, end, next: hasEnd ? at : Infinity });
    if (hasEnd && isLast) while (chance.is(blanks)) write(Buffer.from(chance.pick(ends)));
  }
  return { body: Buffer.concat(pieces), lines: placed, markBytes: mark.length };
}

/**
 * What the first `bytes` of a stream tell. A last line without its line feed is whole only where the
 * stream ended cleanly: else it may have gone on.
 */
export function heardOf(
  { body, lines, markBytes }: Stream,
  bytes: number,
  isClean: boolean,
): Heard {
  const whole = lines.filter(({ end, next }) => next <= bytes || (isClean && end <= bytes));
  if (!isClean) return { lines: whole };
  const cut = lines.find(({ start, end }) => start < bytes && bytes < end);
  if (cut) return { lines: whole, fragment: fragmentOf(body, cut.start, bytes) };
  const isCutMark = bytes > 0 && bytes < markBytes;
  return { lines: whole, ...(isCutMark && { fragment: fragmentOf(body, 0, bytes) }) };
}

/** The bytes of a line that are kept: all of them, but for one that is too long to be any. */
export function keptBytes({ bytes }: Pick<MadeLine, 'bytes'>): Buffer {
  return bytes.subarray(0, LONGEST_LINE_BYTES);
}

function fragmentOf(body: Buffer, start: number, end: number): PlacedLine {
  return {
    name: 'fragment',
    bytes: body.subarray(start, end),
    said: { kind: 'bad', code: 'line_unreadable' },
    start,
    end,
    next: Infinity,
  };
}
