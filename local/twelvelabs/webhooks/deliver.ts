import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** One POST: the very bytes that were signed, and the signature unless it is withheld. */
export interface WebhookPost {
  readonly url: string;
  readonly body: string;
  readonly signature: string | undefined;
}

/** What ends a delivery that is not answered: the box, or its patience in real time. */
export interface DeliveryLimits {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** So much of an answer is read; nothing in it matters but the status. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** Posts a notification once; resolves with what went wrong, or with nothing after any 2xx. */
export async function deliver(
  post: WebhookPost,
  limits: DeliveryLimits,
): Promise<string | undefined> {
  try {
    const status = await statusOf(post, limits);
    return status >= 200 && status < 300 ? undefined : `the endpoint answered ${status}`;
  } catch (error) {
    return (error as Error).message.trim() || 'the endpoint could not be reached';
  }
}

async function statusOf(post: WebhookPost, limits: DeliveryLimits): Promise<number> {
  limits.signal.throwIfAborted();
  const request = open(post);
  const end = Promise.withResolvers<never>();
  const onAbort = () => end.reject(new Error('the box was closed'));
  const onTimeout = () =>
    end.reject(new Error(`the endpoint did not answer within ${limits.timeoutMs} ms`));
  limits.signal.addEventListener('abort', onAbort);
  const timer = setTimeout(onTimeout, limits.timeoutMs);
  try {
    request.end(post.body);
    const response = await Promise.race([answerTo(request), end.promise]);
    await Promise.race([drain(response), end.promise.catch(() => {})]);
    return response.statusCode ?? 0;
  } finally {
    clearTimeout(timer);
    limits.signal.removeEventListener('abort', onAbort);
    request.destroy();
  }
}

/** Who switches to another protocol, unasked, has answered too; Node would drop that without an event. */
async function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    request.on('response', resolve);
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response);
    });
    // It stays: a connection may break when nothing waits for it any more, too.
    request.on('error', reject);
  });
}

/** Not `fetch`: that of Node 24 dies when a connection ends before its body is read (nodejs/undici#5360). */
function open({ url, body, signature }: WebhookPost): ClientRequest {
  const request = new URL(url).protocol === 'https:' ? requestHttps : requestHttp;
  return request(url, {
    method: 'POST',
    agent: false,
    headers: {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      ...(signature !== undefined && { 'TL-Signature': signature }),
    },
  });
}

/** Reads an answer to its end, or as far as it comes: its status has been heard. */
async function drain(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength;
      if (bytes > MAX_ANSWER_BYTES) return;
    }
  } catch {
    // The connection broke after the status.
  }
}
