import { once } from 'node:events';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { addAbortSignal, pipeline as pipeBoth, Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ProviderSilentError } from './errors.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<Uint8Array>;
  /** How long the other side may take to answer; for a body that is streamed, how long it may pause. */
  readonly timeoutMs: number;
}

/**
 * Sends one request and resolves with the answer once its headers are there; its body is yet to be
 * read. Never sends twice, never follows a redirect.
 *
 * Not `fetch`: that of Node 24 ends the whole process with an assertion when the server closes the
 * connection while a body waits to be read (nodejs/undici#5360).
 * @throws ProviderSilentError when no answer comes; it says whether the request may have arrived
 */
export async function sendRequest(request: HttpRequest): Promise<IncomingMessage> {
  const { method, url, headers, body, timeoutMs } = request;
  const isSecure = url.startsWith('https:');
  const open = isSecure ? requestHttps : requestHttp;
  const signal = typeof body === 'object' ? undefined : AbortSignal.timeout(timeoutMs);
  // A connection of its own: one left open while Lambda froze the function may be dead, and a lost
  // POST costs half an hour of certainty. We end it, not the server: a server that answers early and
  // closes would reset the connection, and the answer with it.
  const agent = isSecure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const outgoing = open(url, { method, agent, headers: { ...lengthOf(body), ...headers } });
  outgoing.once('close', () => agent.destroy());
  // A connection may break again after it was given up or has answered: news to nobody, yet without
  // a listener it would end the process.
  outgoing.on('error', () => {});
  try {
    outgoing.setTimeout(timeoutMs, () => outgoing.destroy(new Error(`silent for ${timeoutMs} ms`)));
    const answered = once(outgoing, 'response', signal ? { signal } : {});
    // A refusal may come before the whole body is sent: then the answer counts, not the broken pipe.
    const sent = send(outgoing, body);
    sent.catch(() => {});
    const [response] = await answered;
    return response as IncomingMessage;
  } catch (cause) {
    // Its end was never handed to the system: whoever has the beginning waits for the rest in vain.
    const mayHaveArrived = outgoing.writableFinished;
    outgoing.destroy();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ProviderSilentError(`${method} ${pathOf(url)}: ${why}`, { cause, mayHaveArrived });
  }
}

/** The whole body as text, of at most `maxBytes`. @throws ProviderSilentError when it is cut or too long */
export async function readText(response: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new Error(`over ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new ProviderSilentError(`the answer was cut: ${(cause as Error).message}`, { cause });
  }
  return Buffer.concat(chunks).toString('utf8');
}

export interface BodyStream {
  /** How long the other side may pause while it is waited for. */
  readonly idleMs: number;
  /** Ends the stream in an error when it is aborted. */
  readonly signal?: AbortSignal;
}

/**
 * The body as it comes, unpacked where the other side packed it unasked. One who reads slowly slows
 * the other side down.
 * @throws ProviderSilentError when it is cut, or pauses too long
 */
export async function* streamBody(
  response: IncomingMessage,
  { idleMs, signal }: BodyStream,
): AsyncGenerator<Uint8Array> {
  // That of the request counts our own pauses too.
  response.setTimeout(0);
  const body = unpacked(response);
  if (signal) addAbortSignal(signal, body);
  const pieces = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  try {
    for (;;) {
      const silent = new Error(`silent for ${idleMs} ms`);
      const timer = setTimeout(() => body.destroy(silent), idleMs);
      const { done, value } = await pieces.next().finally(() => clearTimeout(timer));
      if (done) return;
      yield value;
    }
  } catch (cause) {
    throw new ProviderSilentError(`the answer was cut: ${(cause as Error).message}`, { cause });
  } finally {
    body.destroy();
  }
}

function unpacked(response: IncomingMessage): Readable {
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return response;
  if (/^(x-)?gzip$/i.test(encoding)) return pipeThrough(response, createGunzip());
  response.destroy();
  throw new ProviderSilentError(`an answer in the encoding ${encoding}`);
}

/** Whichever of the two breaks takes the other along. */
function pipeThrough(source: Readable, through: Transform): Readable {
  pipeBoth(source, through, () => {});
  return through;
}

async function send(
  outgoing: ReturnType<typeof requestHttp>,
  body: HttpRequest['body'],
): Promise<void> {
  if (typeof body === 'object') await pipeline(Readable.from(body), outgoing);
  else outgoing.end(body);
}

function lengthOf(body: HttpRequest['body']): Record<string, string> {
  if (typeof body === 'object') return {};
  return { 'content-length': String(Buffer.byteLength(body ?? '')) };
}

function pathOf(url: string): string {
  return new URL(url).pathname;
}
