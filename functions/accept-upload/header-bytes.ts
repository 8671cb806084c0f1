/** Reads bytes `start` to `end` (exclusive) of an object. */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array>;

/** So many bytes of the file, from a position on. */
export type BytesAt = (start: number, byteCount: number) => Promise<DataView>;

/** One read: room for the whole header of a clip of minutes, or for one track of a long film. */
export const BLOCK_BYTES = 65_536;
/** A film takes one to three, and one more for each further track with a long table of samples. */
export const MAX_READS = 24;
/** How often the bytes may be looked at: a header of fifty tracks takes a thousand times. */
export const MAX_LOOKS = 10_000;

/** The header can't be read: it is cut off, contradicts itself, or goes on too long. */
export class UnreadableHeaderError extends Error {
  override readonly name = 'UnreadableHeaderError';
}

/**
 * The bytes of a file, read by blocks as they are asked for. Only the last block is kept: ask in
 * rising order, and for less than a block. Whoever goes on asking comes to an end.
 */
export function createBytesAt(sizeBytes: number, readRange: ReadRange): BytesAt {
  let block: Uint8Array = new Uint8Array();
  let blockStart = 0;
  let reads = 0;
  let looks = 0;
  return async (start, byteCount) => {
    const end = start + byteCount;
    if (end > sizeBytes) throw new UnreadableHeaderError('the file is cut off');
    if (looks === MAX_LOOKS) throw new UnreadableHeaderError('the header does not end');
    looks += 1;
    if (start < blockStart || end > blockStart + block.length) {
      if (reads === MAX_READS) throw new UnreadableHeaderError('the header lies too far apart');
      reads += 1;
      block = await readRange(start, Math.min(start + BLOCK_BYTES, sizeBytes));
      blockStart = start;
      if (block.length < byteCount) throw new UnreadableHeaderError('the read came up short');
    }
    return new DataView(block.buffer, block.byteOffset + start - blockStart, byteCount);
  };
}
