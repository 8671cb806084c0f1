import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { Archive } from '../../shared/archive.ts';

/** The raw bytes of one reading on their way into the archive: all of them, or nothing. */
export interface OpenArchive {
  /** Passes `source` on while it is being stored; a slow archive slows the source down. */
  tee(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** Resolves once the object is whole in the archive. */
  finish(): Promise<void>;
  /** Leaves no object behind. */
  abort(): void;
}

/** Begins an object of the archive. */
export function openArchive(archive: Archive, archiveKey: string): OpenArchive {
  const bytes = new PassThrough();
  const stored = archive.store(archiveKey, bytes);
  // A failure shows where it is waited for: in the next piece of `tee`, or in `finish`.
  stored.catch((error: unknown) => bytes.destroy(error instanceof Error ? error : undefined));
  bytes.on('error', () => {});
  return {
    async *tee(source) {
      for await (const chunk of source) {
        if (bytes.errored) throw bytes.errored;
        if (!bytes.write(chunk)) await once(bytes, 'drain');
        yield chunk;
      }
    },
    finish: async () => {
      bytes.end();
      await stored;
    },
    abort: () => {
      bytes.destroy(new Error('the reading ended early'));
    },
  };
}
