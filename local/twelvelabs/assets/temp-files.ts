import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file that is gone when its use has ended, unless that use keeps it. */
export interface TempFile {
  readonly path: string;
  isKept: boolean;
}

/** The folder where bytes lie until their facts are read. Nothing in it outlives the box. */
export class TempFiles {
  readonly #folder: string;
  readonly #uses = new Set<Promise<void>>();
  #isClosed = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  static async create(): Promise<TempFiles> {
    return new TempFiles(await mkdtemp(join(tmpdir(), `twelvelabs-box-${process.pid}-`)));
  }

  /** Gives `work` a file of its own, which is gone afterwards, whatever happens. */
  async use<T>(work: (file: TempFile) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new Error('the box is closed');
    const result = this.#lend(work);
    const ended = result.then(
      () => {},
      () => {},
    );
    this.#uses.add(ended);
    try {
      return await result;
    } finally {
      this.#uses.delete(ended);
    }
  }

  /** Waits for what is in use, then removes everything; the connections must have ended before. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#uses);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #lend<T>(work: (file: TempFile) => Promise<T>): Promise<T> {
    const file = { path: join(this.#folder, randomUUID()), isKept: false };
    try {
      return await work(file);
    } finally {
      if (!file.isKept) await removeFiles([file.path]);
    }
  }
}

/** Removes files, those that are gone already too. */
export async function removeFiles(paths: Iterable<string>): Promise<void> {
  for (const path of paths) await rm(path, { force: true });
}
