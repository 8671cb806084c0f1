import { expect, it } from 'vitest';
import {
  BLOCK_BYTES,
  createBytesAt,
  UnreadableHeaderError,
} from '../../../../functions/accept-upload/header-bytes.ts';
import { sparseObject } from '../../../support/sparse-object.ts';

const file = Buffer.from(Array.from({ length: 200_000 }, (_, at) => at % 251));

it.each([
  ['near each other are read at once', [0, 100, BLOCK_BYTES - 4], 1],
  ['beyond the block are read anew', [0, BLOCK_BYTES - 3, 150_000], 3],
  ['ahead of the block are read again', [150_000, 0], 2],
])('bytes %s', async (_, positions, reads) => {
  const object = sparseObject([file]);
  const bytesAt = createBytesAt(object.sizeBytes, object.readRange);
  for (const at of positions) {
    expect((await bytesAt(at, 4)).getUint32(0)).toBe(file.readUInt32BE(at));
  }
  expect(object.reads).toHaveLength(reads);
});

it('bytes beyond the end are not to be had, and not asked for', async () => {
  const object = sparseObject([file]);
  const bytesAt = createBytesAt(object.sizeBytes, object.readRange);
  await expect(bytesAt(file.length - 3, 4)).rejects.toBeInstanceOf(UnreadableHeaderError);
  expect(object.reads).toEqual([]);
  expect((await bytesAt(file.length - 4, 4)).byteLength).toBe(4);
});
