import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What answers one request; a string is a JSON body with status 200. */
export type Answering = (request: IncomingMessage, response: ServerResponse) => void;

/** One request as it arrived; its body is read by whoever answers. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

export interface RecordingServer {
  readonly url: string;
  /** Every request that arrived, so that one sent twice shows. */
  readonly requests: readonly RecordedRequest[];
}

/** A real HTTP server on loopback that answers as told, until the test has finished. */
export async function startServer(answering: Answering): Promise<RecordingServer> {
  const requests: RecordedRequest[] = [];
  const server = createServer((request, response) => {
    const { method = '', url: path = '', headers } = request;
    requests.push({ method, path, headers });
    answering(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** Reads the whole request, then answers. */
export function answer(
  status: number,
  body: string | Uint8Array = '',
  headers: Record<string, string> = {},
): Answering {
  return (request, response) => {
    request.resume().on('end', () => response.writeHead(status, headers).end(body));
  };
}

/** Answers JSON, after reading the whole request. */
export function answerJson(status: number, body: unknown): Answering {
  return answer(status, JSON.stringify(body), { 'content-type': 'application/json' });
}

/** Begins an answer, and breaks the connection before it is whole. */
export function cutAfter(status: number, start: string): Answering {
  return (request, response) => {
    response.writeHead(status, { 'content-length': start.length + 1_000 });
    response.write(start, () => request.socket.destroy());
  };
}

/** Resets the connection without a word. */
export function reset(request: IncomingMessage): void {
  request.socket.resetAndDestroy();
}
