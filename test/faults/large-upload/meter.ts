import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';

const CHANNEL = 'http.server.request.start';

/** Counts what arrives at the URLs of chunks of the servers in this process, while it arrives. */
export class ChunkMeter implements Disposable {
  /** Bytes of bodies, those that were cut off too. */
  bytes = 0;
  /** Chunks that were begun. */
  puts = 0;
  /** By chunk index, every ETag that was answered. */
  readonly etags = new Map<number, Set<string>>();
  readonly uploadIds = new Set<string>();
  /** From the first byte to the last answer. */
  firstMs = 0;
  lastMs = 0;
  readonly #onBytes: (total: number) => void;

  /** `onBytes` is told of every piece that comes, before the server gets it. */
  constructor(onBytes: (total: number) => void) {
    this.#onBytes = onBytes;
    subscribe(CHANNEL, this.#begin);
  }

  [Symbol.dispose](): void {
    unsubscribe(CHANNEL, this.#begin);
  }

  readonly #begin = (message: unknown) => {
    const { request, response } = message as {
      readonly request: IncomingMessage;
      readonly response: ServerResponse;
    };
    const [, uploadId = '', index] = /^\/chunks\/([^/]+)\/(\d+)\?/.exec(request.url ?? '') ?? [];
    if (request.method !== 'PUT' || index === undefined) return;
    this.puts++;
    this.uploadIds.add(uploadId);
    this.firstMs ||= performance.now();
    this.#countBytes(request);
    this.#noteEtag(response, Number(index));
  };

  /** Not by listening to its data: that would take them from the server. */
  #countBytes(request: IncomingMessage): void {
    const push = request.push;
    request.push = (piece: Uint8Array | null, encoding?: BufferEncoding) => {
      this.bytes += piece?.length ?? 0;
      this.#onBytes(this.bytes);
      return push.call(request, piece, encoding);
    };
  }

  /** Not by asking the response: it does not know the headers that are written all at once. */
  #noteEtag(response: ServerResponse, index: number): void {
    const writeHead = response.writeHead;
    response.writeHead = (status: number, ...rest: unknown[]) => {
      this.lastMs = performance.now();
      const { etag } = Object.assign({}, response.getHeaders(), rest.at(-1));
      if (status === 200 && typeof etag === 'string') {
        const known = this.etags.get(index) ?? new Set();
        this.etags.set(index, known.add(etag.replace(/^"(.*)"$/, '$1')));
      }
      return Reflect.apply(writeHead, response, [status, ...rest]);
    };
  }
}
