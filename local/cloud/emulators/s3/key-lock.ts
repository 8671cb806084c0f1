/** One writer at a time for each key: what is checked before a write still holds at the write. */
export class KeyLock {
  readonly #tails = new Map<string, Promise<void>>();

  /** Resolves, when all earlier holders of `name` are done, with a function that lets go. */
  async acquire(name: string): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#tails.get(name);
    this.#tails.set(name, promise);
    await before;
    return () => {
      if (this.#tails.get(name) === promise) this.#tails.delete(name);
      resolve();
    };
  }
}
