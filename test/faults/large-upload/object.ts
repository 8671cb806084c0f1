import { createCipheriv, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { box } from '../../support/film-parts.ts';

/** 20 s of film, silent: small enough to be the head of anything. */
const FILM = readFileSync(new URL('../../../samples/football/goals.mp4', import.meta.url));
/** What is generated at a time. Every page is the same random bytes behind its own number. */
const PAGE_BYTES = 256 * 1024;

/** An object whose bytes are made when they are read; it is stored nowhere. */
export interface GeneratedObject {
  readonly sizeBytes: number;
  readonly etag: string;
  /** The bytes `start` to `end` (not included), in pieces. */
  read(start: number, end: number): Generator<Uint8Array>;
}

/** A film that can be played, and behind it a box of random bytes up to the size that is wanted. */
export function generatedObject(sizeBytes: number, seed: number): GeneratedObject {
  const contentBytes = sizeBytes - FILM.length - 16;
  const [boxHead] = box('free', contentBytes);
  if (!(boxHead instanceof Uint8Array) || boxHead.length !== 16) {
    throw new Error(`${sizeBytes} bytes are no large file`);
  }
  const head = Buffer.concat([FILM, boxHead]);
  const random = randomPage(seed);
  return {
    sizeBytes,
    etag: digest(`etag ${seed}`).toString('hex').slice(0, 32),
    *read(start, end) {
      if (start < head.length) yield head.subarray(start, Math.min(end, head.length));
      for (let at = Math.max(start, head.length); at < end; ) {
        const offset = at - head.length;
        const page = Buffer.from(random);
        page.writeDoubleBE(Math.floor(offset / PAGE_BYTES));
        const from = offset % PAGE_BYTES;
        const piece = page.subarray(from, Math.min(PAGE_BYTES, from + end - at));
        yield piece;
        at += piece.length;
      }
    },
  };
}

function randomPage(seed: number): Buffer {
  const cipher = createCipheriv('aes-256-ctr', digest(`bytes ${seed}`), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(PAGE_BYTES));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
