import { gunzipSync } from 'node:zlib';
import type { ArchivedLine } from '../../../shared/archive-format.ts';
import type { MemoryArchive } from '../../support/memory-archive.ts';

const LINE_FEED = 0x0a;

/** Looks into the archive with `gunzip` and nothing else, as somebody would who has only the bucket. */
export class ArchiveLook {
  readonly #archive: MemoryArchive;
  readonly #members = new Map<string, Buffer>();

  constructor(archive: MemoryArchive) {
    this.#archive = archive;
  }

  /** Whether the place that a row names holds a line of exactly these bytes. */
  holds(place: unknown, bytes: Buffer): boolean {
    const member = this.#member(place as ArchivedLine | undefined);
    if (!member) return false;
    for (let at = member.indexOf(bytes); at !== -1; at = member.indexOf(bytes, at + 1)) {
      const isBegin = at === 0 || member[at - 1] === LINE_FEED;
      if (isBegin && member[at + bytes.length] === LINE_FEED) return true;
    }
    return false;
  }

  #member(place: ArchivedLine | undefined): Buffer | undefined {
    if (!place) return undefined;
    const { archiveKey, offsetBytes, lengthBytes } = place;
    const name = `${archiveKey} ${offsetBytes}`;
    const known = this.#members.get(name);
    if (known) return known;
    try {
      const object = this.#archive.objects.get(archiveKey);
      const packed = object?.bytes.subarray(offsetBytes, offsetBytes + lengthBytes);
      const member = gunzipSync(packed ?? Buffer.alloc(0));
      // What is large is looked at once.
      if (member.length < 1e6) this.#members.set(name, member);
      return member;
    } catch {
      return undefined;
    }
  }
}
