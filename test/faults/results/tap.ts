import type { CollectResultsDeps } from '../../../functions/collect-results/collect-results.ts';

type Provider = CollectResultsDeps['provider'];

/** What came out of the client during one reading. */
export interface Received {
  readonly bytes: number;
  /** Whether the client called the body whole. */
  readonly isClean: boolean;
  /** Whether each byte was the one that was sent. */
  readonly isTrue: boolean;
  /** Pieces that ended in the middle of a character. */
  readonly torn: number;
}

const nothing: Received = { bytes: 0, isClean: false, isTrue: true, torn: 0 };

/** Listens between the client and who reads from it, and changes nothing. */
export class Tap {
  readonly provider: Provider;
  #body: Buffer = Buffer.alloc(0);
  #received = nothing;

  constructor(provider: Provider) {
    this.provider = {
      retrieveBatch: provider.retrieveBatch,
      cancelBatch: provider.cancelBatch,
      openResults: async (...args) => this.#listen(await provider.openResults(...args)),
    };
  }

  /** From now on this is what the provider sends. */
  expect(body: Buffer): void {
    this.#body = body;
    this.#received = nothing;
  }

  get received(): Received {
    return this.#received;
  }

  async *#listen(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const body = this.#body;
    let { bytes, isTrue, torn } = nothing;
    for await (const piece of source) {
      isTrue &&= body.subarray(bytes, bytes + piece.length).equals(piece);
      bytes += piece.length;
      if (((body[bytes] ?? 0) & 0xc0) === 0x80) torn += 1;
      this.#received = { bytes, isTrue, torn, isClean: false };
      yield piece;
    }
    this.#received = { bytes, isTrue, torn, isClean: true };
  }
}
