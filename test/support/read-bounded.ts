import { expect } from 'vitest';
import { BLOCK_BYTES, MAX_READS } from '../../functions/accept-upload/header-bytes.ts';
import { readHeader } from '../../functions/accept-upload/read-header.ts';
import type { VideoFacts } from '../../shared/video-limits.ts';
import { type Part, type SparseObject, sparseObject } from './sparse-object.ts';

/** Reads a header, and sees that the reads keep within their bounds and the facts make sense. */
export async function readBounded(object: SparseObject): Promise<VideoFacts> {
  const facts = await readHeader(object.sizeBytes, object.readRange);
  expect(object.reads.length).toBeLessThanOrEqual(MAX_READS);
  for (const { start, end } of object.reads) {
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThan(start);
    expect(end).toBeLessThanOrEqual(object.sizeBytes);
    expect(end - start).toBeLessThanOrEqual(BLOCK_BYTES);
  }
  for (const value of Object.values(facts)) {
    expect(value).toBeGreaterThan(0);
    expect(value).toBeLessThan(Infinity);
  }
  return facts;
}

/** What is read from the header of a file made of these parts. */
export async function headerOf(...parts: readonly Part[]): Promise<VideoFacts> {
  return await readBounded(sparseObject(parts));
}
