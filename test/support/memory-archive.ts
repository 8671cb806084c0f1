import type { ArchiveReader, ArchiveWriter } from '../../shared/archive.ts';
import { packLines } from '../../shared/archive-format.ts';

/** The archive bucket in memory, that can be looked into and spoilt. */
export interface MemoryArchive extends ArchiveWriter, ArchiveReader {
  readonly objects: Map<string, { bytes: Uint8Array; sha256: string }>;
}

export function createMemoryArchive(): MemoryArchive {
  const objects: MemoryArchive['objects'] = new Map();
  const at = (archiveKey: string) => {
    const object = objects.get(archiveKey);
    if (!object) throw new Error(`NoSuchKey: ${archiveKey}`);
    return object;
  };
  return {
    objects,
    storeLines: async (archiveKey, lines) => {
      const { bytes, members, sha256 } = await packLines(lines);
      objects.set(archiveKey, { bytes, sha256 });
      return members.map((member) => ({ archiveKey, ...member }));
    },
    list: async function* (prefix) {
      for (const key of [...objects.keys()].toSorted()) if (key.startsWith(prefix)) yield key;
    },
    read: async (archiveKey) => at(archiveKey),
    readMember: async ({ archiveKey, offsetBytes, lengthBytes }) =>
      at(archiveKey).bytes.subarray(offsetBytes, offsetBytes + lengthBytes),
  };
}
