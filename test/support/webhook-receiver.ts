import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import {
  type SignatureVerdict,
  verifySignature,
} from '../../functions/receive-webhook/verify-signature.ts';
import { bodyOf, serve } from './box-fixture.ts';

/** A notification as it arrived. */
export interface ReceivedWebhook {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly signature: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: the event is what the test is about
  readonly event: any;
}

/** An endpoint that keeps what it is sent. */
export interface WebhookReceiver {
  readonly url: string;
  readonly received: readonly ReceivedWebhook[];
}

/** Starts an endpoint that answers each request with the next of the statuses, then always 200. */
export async function receiveWebhooks(...statuses: readonly number[]): Promise<WebhookReceiver> {
  const left = [...statuses];
  const received: ReceivedWebhook[] = [];
  const url = await serve(async (request, response) => {
    const body = await bodyOf(request);
    const signature = request.headers['tl-signature'];
    received.push({
      method: request.method ?? '',
      headers: request.headers,
      body,
      signature: typeof signature === 'string' ? signature : undefined,
      event: JSON.parse(body),
    });
    response.writeHead(left.shift() ?? 200, { location: `${url}/elsewhere` }).end();
  });
  return { url: `${url}/webhooks`, received };
}

/** What the receiver of the pipeline would say of it at a moment. */
export function verdictOf(webhook: ReceivedWebhook, secret: string, now: Date): SignatureVerdict {
  return verifySignature(webhook.signature, Buffer.from(webhook.body), [secret], now);
}

/** The seconds at which a signature says that it was made. */
export function signedAtSeconds({ signature }: ReceivedWebhook): number {
  return Number(/^t=(\d+),/.exec(signature ?? '')?.[1]);
}

/** The signature as the provider's page describes it, from the definition of HMAC (RFC 2104). */
export function expectedSignature(secret: string, atSeconds: number, body: string): string {
  const sha256 = (...parts: Uint8Array[]) =>
    createHash('sha256').update(Buffer.concat(parts)).digest();
  const secretBytes = Buffer.from(secret);
  const key = Buffer.alloc(64);
  (secretBytes.length > key.length ? sha256(secretBytes) : secretBytes).copy(key);
  const inner = sha256(
    key.map((byte) => byte ^ 0x36),
    Buffer.from(`${atSeconds}.${body}`),
  );
  const v1 = sha256(
    key.map((byte) => byte ^ 0x5c),
    inner,
  );
  return `t=${atSeconds},v1=${v1.toString('hex')}`;
}
