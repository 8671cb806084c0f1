/** Bytes, or a hole so many bytes long, which reads as zeros. */
export type Part = Uint8Array | number;

export type SparseObject = ReturnType<typeof sparseObject>;

/** An object as S3 holds it, of any size without the memory for it; remembers what is read of it. */
export function sparseObject(parts: readonly Part[]) {
  let sizeBytes = 0;
  const placed = parts.map((part) => {
    const start = sizeBytes;
    sizeBytes += lengthOf([part]);
    return { part, start };
  });
  const reads: { readonly start: number; readonly end: number }[] = [];
  return {
    sizeBytes,
    reads,
    readRange: async (start: number, end: number): Promise<Uint8Array> => {
      reads.push({ start, end });
      const bytes = new Uint8Array(end - start);
      for (const { part, start: partStart } of placed) {
        const from = Math.max(start, partStart);
        const to = Math.min(end, partStart + lengthOf([part]));
        if (typeof part !== 'number' && from < to) {
          bytes.set(part.subarray(from - partStart, to - partStart), from - start);
        }
      }
      return bytes;
    },
  };
}

export function lengthOf(parts: readonly Part[]): number {
  return parts.reduce<number>((sum, it) => sum + (typeof it === 'number' ? it : it.length), 0);
}
